using System.Net.Http.Headers;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Monitoring;

namespace StepCaRenew.FollowUps.Notifiers;

/// <summary>Sends what is to be reported to a server, as JSON. The address is a secret except for its host.</summary>
internal sealed record WebhookAction : ActionDefinition
{
    private WebhookAction()
    {
    }

    /// <summary>The address; null if it is in a file.</summary>
    public Uri? Address { get; private init; }

    /// <summary>The file with the address; null if the call has it.</summary>
    public string? UriFile { get; private init; }

    /// <inheritdoc/>
    public override string Description => Address is null ? $"request to the address in '{Path.GetFileName(UriFile)}'" : $"request to {SecretAddress.Mask(Address)}";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => Address is null ? ["webhook-file", UriFile!] : ["webhook", Address.AbsoluteUri];

    /// <summary>A request to an address of the call.</summary>
    /// <exception cref="RenewalException">It is not an http or https address; the message does not show it.</exception>
    public static WebhookAction ToAddress(string address) => new() { Address = SecretAddress.Parse(address, "The Uri of -OnFailure") };

    /// <summary>A request to an address in a file.</summary>
    public static WebhookAction ToAddressIn(string path) => new() { UriFile = path };

    /// <inheritdoc/>
    public override void RequireRunnable(ActionHost host)
    {
        try
        {
            ReadAddress();
        }
        catch (RenewalException e) when (e.ErrorId != ErrorId.ActionInvalid)
        {
            throw new RenewalException(ErrorId.ActionInvalid, e.Message, e.Remedy, e);
        }
    }

    /// <inheritdoc/>
    internal override string Overdue(TimeSpan limit) => $"there was no answer within {limit.TotalSeconds:0.#} s.";

    /// <inheritdoc/>
    internal override async Task RunAsync(ActionContext context, CancellationToken cancellationToken)
    {
        var address = ReadAddress();
        using var http = SecretAddress.CreateClient(System.Threading.Timeout.InfiniteTimeSpan);
        using var body = new ByteArrayContent(context.Incident!.ToJson(context.Clock.GetUtcNow())) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } };
        var problem = await SecretAddress.TrySendAsync(stopping => http.PostAsync(address, body, stopping), cancellationToken).ConfigureAwait(false);
        if (problem is not null)
            throw ActionErrors.Failed(this, $"{SecretAddress.Mask(address)}: {problem}.");
    }

    // A record would print the address.
    /// <inheritdoc/>
    public override string ToString() => Description;

    private Uri ReadAddress() => Address ?? SecretAddress.Read(UriFile!, "-OnFailure");
}
