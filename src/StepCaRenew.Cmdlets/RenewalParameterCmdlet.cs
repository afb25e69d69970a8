using System.Management.Automation;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Policy;

namespace StepCaRenew.Cmdlets;

/// <summary>
/// The parameters that say how a certificate is renewed: one definition for those who renew now and those who register
/// a renewal.
/// </summary>
public abstract partial class RenewalParameterCmdlet : StepCmdlet
{
    /// <summary>Due when no more than this remains, such as 8h.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExpiresIn { get; set; }

    /// <summary>Due when this share of the lifetime is over, such as 66%.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RenewAt { get; set; }

    /// <summary>Make a new key as well.</summary>
    [Parameter]
    public SwitchParameter Rekey { get; set; }

    /// <summary>The new key's algorithm, where it is not to be that of the old one.</summary>
    [Parameter]
    [ValidateSet("EC-P256", "EC-P384", "EC-P521", "RSA-2048", "RSA-3072", "RSA-4096")]
    public string? KeyAlgorithm { get; set; }

    /// <summary>A file with the password of an encrypted key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPasswordFile { get; set; }

    /// <summary>Renew by a token instead of mTLS.</summary>
    [Parameter]
    public SwitchParameter UseToken { get; set; }

    /// <summary>The CA's address, where step's configuration does not say.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaUrl { get; set; }

    /// <summary>The file of the CA's root certificate, where step's configuration does not say.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>The name of a step context.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>The folder of step's configuration, instead of $STEPPATH or ~/.step.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StepPath { get; set; }

    /// <summary>How long a request that failed for a reason that may pass is tried again.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RetryTimeout { get; set; }

    /// <summary>How long to wait for another run over the same pair.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LockTimeout { get; set; }

    /// <summary>A monitor's address, told how the run ended.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HealthCheckUri { get; set; }

    /// <summary>A file that every event is added to, as a line of JSON.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LogPath { get; set; }

    /// <summary>When a certificate is due, by the parameters, else by step's configuration.</summary>
    /// <exception cref="RenewalException">They can't be read, or contradict each other.</exception>
    private protected RenewalRule ReadRule()
    {
        if (ExpiresIn is not null && RenewAt is not null)
            throw Conflict("-ExpiresIn and -RenewAt were both given.", "Give one of them.");
        return ExpiresIn is not null ? new RenewalRule.ExpiresIn(Duration.ParsePositive(ExpiresIn))
            : RenewAt is not null ? new RenewalRule.ElapsedPercent(Percentage.Parse(RenewAt))
            : StepParameters.Read(ReadCa(), CaSettingsResolver.FromProcess).ExpiresIn is { } remaining ? new RenewalRule.ExpiresIn(remaining)
            : RenewalRule.Default;
    }

    /// <summary>Which CA, by the parameters.</summary>
    private protected CaOptions ReadCa() => new()
    {
        CaUrl = CaUrl,
        Context = Context,
        RootPath = Root is null ? null : RootPaths(Root),
        StepPath = StepPath is null ? null : FullPath(StepPath),
        WorkingFolder = SessionState.Path.CurrentFileSystemLocation.ProviderPath,
    };

    // One path, or a list of them. On Windows the comma before a drive ("a.crt,C:\b.crt") makes a drive's name of the first.
    private string RootPaths(string root)
    {
        try
        {
            return FullPath(root);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.NotAFileSystemPath && root.Contains(',', StringComparison.Ordinal))
        {
            return string.Join(',', root.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(FullPath));
        }
    }

    /// <summary>The new key's algorithm, by the parameters.</summary>
    /// <exception cref="RenewalException">No new key is wanted.</exception>
    // PowerShell takes ec-p256 for one of the set as well; a definition has it as it is written.
    protected string? ReadKeyAlgorithm() => KeyAlgorithm is null || Rekey
        ? KeyAlgorithm?.ToUpperInvariant()
        : throw Conflict("-KeyAlgorithm was given without -Rekey.", "Add -Rekey to make a new key, or leave -KeyAlgorithm out.");

    /// <summary>A duration that may be zero; null where the parameter was not given.</summary>
    /// <param name="text">The parameter.</param>
    /// <exception cref="RenewalException">It can't be read.</exception>
    protected static TimeSpan? ReadDuration(string? text) => text is null ? null : Duration.ParseLongestWait(text);

    /// <summary>The error of parameters that contradict each other.</summary>
    /// <param name="message">Which ones.</param>
    /// <param name="remedy">What to do.</param>
    protected static RenewalException Conflict(string message, string remedy) => new(ErrorId.ConflictingParameters, message, remedy);
}
