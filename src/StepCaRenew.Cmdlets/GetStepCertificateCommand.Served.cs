using System.Management.Automation;
using System.Security;
using StepCaRenew.Certificates;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Policy;
using StepCaRenew.Servers;

namespace StepCaRenew.Cmdlets;

/// <summary>The certificates that servers serve.</summary>
public sealed partial class GetStepCertificateCommand
{
    private const string UriSet = "Uri";
    private const string EndpointSet = "Endpoint";

    private readonly ServerClient client = new(TimeProvider.System);
    private TimeSpan timeout = ServerClient.DefaultTimeout;
    private string? comparedWith;

    /// <summary>Servers: https://host, smtp://host, imap://host, ldap://host, postgres://host, tls://host:port.</summary>
    [Parameter(Mandatory = true, ParameterSetName = UriSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Uri { get; set; } = [];

    /// <summary>Servers as host:port.</summary>
    [Parameter(Mandatory = true, ParameterSetName = EndpointSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Endpoint { get; set; } = [];

    /// <summary>The protocol that the server speaks before TLS begins.</summary>
    [Parameter(ParameterSetName = EndpointSet)]
    [ValidateSet("smtp", "imap", "ldap", "postgres")]
    public string? StartTls { get; set; }

    /// <summary>The name that the server is asked for (SNI); by default the host of the address.</summary>
    [Parameter(ParameterSetName = UriSet)]
    [Parameter(ParameterSetName = EndpointSet)]
    [ValidateNotNullOrEmpty]
    public string? ServerName { get; set; }

    /// <summary>The certificate file that the server should serve.</summary>
    [Parameter(ParameterSetName = UriSet)]
    [Parameter(ParameterSetName = EndpointSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? CompareWith { get; set; }

    /// <summary>The password of an encrypted key, or of a PFX file, which can be that of -CompareWith.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = UriSet)]
    [Parameter(ParameterSetName = EndpointSet)]
    [ValidateNotNull]
    public override SecureString? KeyPassword { get; set; }

    /// <summary>A file with that password.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = UriSet)]
    [Parameter(ParameterSetName = EndpointSet)]
    [ValidateNotNullOrEmpty]
    public override string? KeyPasswordFile { get; set; }

    /// <summary>How long a server has to show its certificate; by default 10s.</summary>
    [Parameter(ParameterSetName = UriSet)]
    [Parameter(ParameterSetName = EndpointSet)]
    [ValidateNotNullOrEmpty]
    public string? Timeout { get; set; }

    private bool IsServed => ParameterSetName is UriSet or EndpointSet;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Terminating(() =>
        {
            // The key of a server stays with the server.
            if (IsServed && CompareWith is null && (KeyPassword is not null || KeyPasswordFile is not null))
                throw new RenewalException(
                    ErrorId.ConflictingParameters, "A password was given, but no file that it opens: a server shows its certificate without one.",
                    "Leave out -KeyPassword and -KeyPasswordFile, or give -CompareWith.");
        });
        base.BeginProcessing();
        Terminating(() =>
        {
            timeout = Timeout is null ? timeout : Duration.ParseTimeout(Timeout);
            comparedWith = CompareWith is null ? null : FullPath(CompareWith);
            // A file that cannot be read is reported once, and not for each server.
            if (comparedWith is not null)
                CertificateFile.Load(comparedWith, Password).Dispose();
        });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!IsServed)
        {
            base.ProcessRecord();
            return;
        }

        var before = StartTls is null ? Servers.StartTls.None : Enum.Parse<StartTls>(StartTls, ignoreCase: true);
        foreach (var text in ParameterSetName == UriSet ? Uri : Endpoint)
        {
            NonTerminating(text, () =>
            {
                var server = ParameterSetName == UriSet ? ServerAddress.Parse(text) : ServerAddress.ParseEndpoint(text, before);
                Start([new CertificateInput(server.Text, IsCertain: true, new InputSource(text, 1, () => { }))], (_, stopping) => InspectAsync(server, stopping));
            });
        }
    }

    private async Task<object> InspectAsync(ServerAddress server, CancellationToken stopping)
    {
        using var served = await client.FetchAsync(server, ServerName ?? server.ServerName, timeout, stopping).ConfigureAwait(false);
        using var file = comparedWith is null ? null : CertificateFile.Load(comparedWith, Password);
        return Shown.For(inspector.Inspect(served, server, file));
    }
}
