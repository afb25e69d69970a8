using System.Management.Automation;
using System.Security;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Monitoring;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Servers;

namespace StepCaRenew.Cmdlets;

/// <summary>
/// The parameters that say how a certificate is renewed, shared by Invoke-StepRenewal and Register-StepRenewalTask.
/// </summary>
public abstract partial class RenewalParameterCmdlet : PublishingCmdlet
{
    /// <summary>Due when no more than this remains, such as 8h.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExpiresIn { get; set; }

    /// <summary>Due when this share of the lifetime has passed, such as 66%.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RenewAt { get; set; }

    /// <summary>Make a new key too.</summary>
    [Parameter]
    public SwitchParameter Rekey { get; set; }

    /// <summary>The algorithm of the new key; by default that of the old one.</summary>
    [Parameter]
    [ValidateSet("EC-P256", "EC-P384", "EC-P521", "RSA-2048", "RSA-3072", "RSA-4096")]
    public string? KeyAlgorithm { get; set; }

    /// <summary>A file with the password of an encrypted key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPasswordFile { get; set; }

    /// <summary>How a renewal is sent: Tls, Token, or Auto for tokens in a call over many certificates.</summary>
    [Parameter]
    [ValidateSet(nameof(Ca.Configuration.Transport.Auto), nameof(Ca.Configuration.Transport.Tls), nameof(Ca.Configuration.Transport.Token))]
    public string? Transport { get; set; }

    /// <summary>Renew by a token instead of mTLS: the same as -Transport Token.</summary>
    [Parameter]
    public SwitchParameter UseToken { get; set; }

    /// <summary>How long a request that failed for a temporary reason is retried.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RetryTimeout { get; set; }

    /// <summary>How long to wait for another run over the same pair.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LockTimeout { get; set; }

    /// <summary>The URL of a monitor that is notified how the run ended.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HealthCheckUri { get; set; }

    /// <summary>A log file: one line of JSON for each event.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

    /// <summary>A file with the metrics of the runs, for Prometheus: a name that ends with .prom, in the folder that node_exporter or windows_exporter reads.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MetricsPath { get; set; }

    /// <summary>When a certificate is due: from the parameters, otherwise from step's configuration.</summary>
    /// <exception cref="RenewalException">A value is not valid, or both parameters were given.</exception>
    private protected RenewalRule ReadRule()
    {
        if (ExpiresIn is not null && RenewAt is not null)
            throw Conflict("-ExpiresIn and -RenewAt were both given.", "Give one of them.");
        return ExpiresIn is not null ? new RenewalRule.ExpiresIn(Duration.ParsePositive(ExpiresIn))
            : RenewAt is not null ? new RenewalRule.ElapsedPercent(Percentage.Parse(RenewAt))
            : StepParameters.Read(ReadCa(), CaSettingsResolver.FromProcess).ExpiresIn is { } remaining ? new RenewalRule.ExpiresIn(remaining)
            : RenewalRule.Default;
    }

    /// <summary>The settings of the parameters.</summary>
    /// <param name="scriptBlock">A script block of the session, if there is one.</param>
    /// <param name="pfxPassword">The password of -PfxPath, if it was given itself.</param>
    /// <exception cref="RenewalException">A parameter cannot be read, or parameters contradict each other.</exception>
    private protected RenewalSettings ReadSettings(ScriptBlock? scriptBlock = null, SecureString? pfxPassword = null) => new()
    {
        KeyPasswordFile = KeyPasswordFile is null ? null : FullPath(KeyPasswordFile),
        Ca = ReadCa(),
        Rule = ReadRule(),
        Rekey = Rekey,
        KeyAlgorithm = ReadKeyAlgorithm(),
        Publications = ReadPublications(pfxPassword),
        Actions = ReadActions(scriptBlock),
        ActionTimeout = ReadActionTimeout(),
        ServedBy = [.. ServedBy.Select(ServerAddress.Parse).Distinct()],
        ServedTimeout = ReadServedTimeout(),
        OnFailure = ReadNotifiers(),
        LockTimeout = ReadDuration(LockTimeout),
        RetryTimeout = ReadDuration(RetryTimeout),
        LogPath = LogPath is null ? null : FullPath(LogPath),
        MetricsPath = MetricsPath is null ? null : MetricFile.RequireValid(FullPath(MetricsPath)),
    };

    /// <summary>The CA that the parameters name.</summary>
    private protected override CaOptions ReadCa() => base.ReadCa() with { Transport = ReadTransport() };

    private Transport ReadTransport()
    {
        var transport = Transport is null ? default : Enum.Parse<Transport>(Transport, ignoreCase: true);
        if (!UseToken)
            return transport;
        return Transport is null || transport == Ca.Configuration.Transport.Token ? Ca.Configuration.Transport.Token
            : throw Conflict($"-UseToken and -Transport {Transport} were both given.", "Give one of them; -UseToken is -Transport Token.");
    }

    /// <summary>The algorithm of the new key, in upper case.</summary>
    /// <exception cref="RenewalException">It was given without -Rekey.</exception>
    protected string? ReadKeyAlgorithm() => KeyAlgorithm is null || Rekey
        ? KeyAlgorithm?.ToUpperInvariant()
        : throw Conflict("-KeyAlgorithm was given without -Rekey.", "Add -Rekey to make a new key, or leave out -KeyAlgorithm.");

    /// <summary>A duration that can be zero; null if the parameter was not given.</summary>
    /// <exception cref="RenewalException">It is not a duration.</exception>
    protected static TimeSpan? ReadDuration(string? text) => text is null ? null : Duration.ParseLongestWait(text);

    /// <summary>The error of parameters that exclude each other.</summary>
    protected static RenewalException Conflict(string message, string remedy) => new(ErrorId.ConflictingParameters, message, remedy);
}
