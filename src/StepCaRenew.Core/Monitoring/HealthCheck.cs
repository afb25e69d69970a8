using System.Text;
using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;

namespace StepCaRenew.Monitoring;

/// <summary>
/// Reports the result of a run to a monitor, which also notices a missing run. The path of the address is secret: anybody who
/// knows it can report success.
/// </summary>
internal sealed class HealthCheck : IDisposable
{
    private const string Parameter = "-HealthCheckUri";

    private readonly Uri uri;
    private readonly ILogger logger;
    private readonly HttpClient http;
    private readonly List<string> errorIds = [];
    private bool hasEnded;
    private bool wasRefused;

    /// <summary>Parses the address.</summary>
    /// <exception cref="RenewalException">The address is not an http or https address; the message does not show it.</exception>
    public HealthCheck(string address, TimeSpan timeout, ILogger logger)
        : this(ParseAddress(address), timeout, logger)
    {
    }

    /// <inheritdoc cref="HealthCheck(string, TimeSpan, ILogger)"/>
    public HealthCheck(string address, TimeSpan timeout, CallLog log)
        : this(ParseAddress(address), timeout, log)
    {
    }

    /// <summary>Uses the system's trusted roots: a monitor's certificate is not from the step CA.</summary>
    /// <exception cref="RenewalException">The address is not an http or https address.</exception>
    public HealthCheck(Uri uri, TimeSpan timeout, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(uri);
        (this.uri, this.logger) = (SecretAddress.RequireHttp(uri, Parameter), logger);
        http = SecretAddress.CreateClient(timeout);
    }

    /// <summary>The address without its secret path.</summary>
    public string Masked => SecretAddress.Mask(uri);

    /// <summary>Parses an address.</summary>
    /// <exception cref="RenewalException">The address is not an http or https address; the message does not show it.</exception>
    public static Uri ParseAddress(string address) => SecretAddress.Parse(address, Parameter);

    /// <summary>Records how the run over a certificate ended, or another error of the call; from one thread.</summary>
    /// <param name="result">The result of the certificate, if there is one.</param>
    /// <param name="error">The error; null if nothing failed.</param>
    public void Record(RenewalResult? result, RenewalException? error)
    {
        hasEnded = true;
        wasRefused |= result?.Status == RenewalStatus.WouldRenew;
        if ((result?.ErrorId ?? error?.ErrorId) is { } errorId && !errorIds.Contains(errorId))
            errorIds.Add(errorId);
    }

    /// <summary>
    /// Reports what was recorded: a success, or the error ids. Not if nothing was done, or if the user refused a change. If the
    /// monitor cannot be reached, that is only a warning.
    /// </summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task NotifyAsync(CancellationToken cancellationToken)
    {
        if (!hasEnded || wasRefused)
            return;
        if (await SecretAddress.TrySendAsync(PingAsync, cancellationToken).ConfigureAwait(false) is { } problem)
            ActionLog.NotPinged(logger, Masked, problem);
        else
            ActionLog.Pinged(logger, Masked, errorIds.Count == 0 ? "success" : "failure");
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> PingAsync(CancellationToken cancellationToken)
    {
        if (errorIds.Count == 0)
            return await http.GetAsync(uri, cancellationToken).ConfigureAwait(false);
        var fail = new UriBuilder(uri) { Path = uri.AbsolutePath.TrimEnd('/') + "/fail" }.Uri;
        using var body = new StringContent(string.Join('\n', errorIds), Encoding.UTF8, "text/plain");
        return await http.PostAsync(fail, body, cancellationToken).ConfigureAwait(false);
    }
}
