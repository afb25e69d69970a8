using System.Management.Automation;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Policy;
using StepCaRenew.StepCa;

namespace StepCaRenew.Cmdlets;

/// <summary>Invoke-StepRenewal: renews the certificates that are due.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "StepRenewal", SupportsShouldProcess = true, DefaultParameterSetName = RegisteredSet)]
[OutputType(typeof(RenewalResult))]
public sealed partial class InvokeStepRenewalCommand : CertificateCmdlet, IDisposable
{
    private const string RegisteredSet = "Registered";

    private readonly PipelinePump pump = new();
    private RenewalEngine? engine;
    private RenewalRule rule = RenewalRule.Default;
    private TimeSpan retryTimeout = TimeSpan.FromMinutes(1);
    private TimeSpan lockTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Certificate files, or folders that hold some; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Renew now, due or not.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

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

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Paths => ParameterSetName == LiteralPathSet ? LiteralPath : Path;

    /// <inheritdoc/>
    public void Dispose()
    {
        engine?.Dispose();
        healthCheck?.Dispose();
        pump.Dispose();
    }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // First the monitor: it is told of all that ends the call from here on.
        Terminating(PrepareReporting);
        base.BeginProcessing();
        Terminating(() =>
        {
            rule = RuleOf();
            if (RetryTimeout is not null)
                retryTimeout = Duration.ParsePatience(RetryTimeout);
            if (LockTimeout is not null)
                lockTimeout = Duration.ParsePatience(LockTimeout);
            if (KeyAlgorithm is not null && !Rekey)
                throw new RenewalException(ErrorId.ConflictingParameters, "-KeyAlgorithm was given without -Rekey.", "Add -Rekey to make a new key, or leave -KeyAlgorithm out.");
            PrepareActions();
            engine = new RenewalEngine(TimeProvider.System, Random.Shared.NextDouble, CaSettingsResolver.FromProcess, logger!);
        });
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            Finish();
        }
        finally
        {
            base.EndProcessing();
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // The set's name decides, so that a path that turned out null can never mean "all".
        if (ParameterSetName == RegisteredSet)
            Terminating(() => throw new RenewalException(
                ErrorId.NothingRegistered, "No path was given, and no renewal is registered.", "Name the certificate: Invoke-StepRenewal <path>."));
        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => pump.Stop();

    /// <inheritdoc/>
    protected override void Process(string certificatePath, string? keyPath)
    {
        var request = new RenewalRequest
        {
            CertificatePath = certificatePath,
            KeyPath = keyPath,
            KeyPassword = Password,
            Rule = rule,
            UseToken = UseToken,
            Rekey = Rekey,
            KeyAlgorithm = KeyAlgorithm,
            RetryTimeout = retryTimeout,
            LockTimeout = lockTimeout,
            Ca = new CaOptions { CaUrl = CaUrl, Context = Context, RootPath = Root is null ? null : FullPath(Root), StepPath = StepPath is null ? null : FullPath(StepPath) },
            Actions = actions,
            ApproveAsync = (plan, _) => pump.AskAsync(() => ShouldProcess(plan.CertificatePath, plan.Action)),
        };
        try
        {
            var (result, error) = pump.Run(stopping => engine!.RenewAsync(request, stopping));
            Report(result, error is null ? null : ErrorRecords.From(error, certificatePath));
        }
        catch (PipelineStoppedException)
        {
            // What waits is given out, where a warning was the end (-WarningAction Stop) and not Ctrl+C.
            Send();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void OnProgress(int done, int total)
    {
        if (total > 1)
            WriteProgress(new ProgressRecord(0, "Renewing certificates", $"{done} of {total}")
            {
                PercentComplete = 100 * done / total,
                RecordType = done == total ? ProgressRecordType.Completed : ProgressRecordType.Processing,
            });
    }

    private RenewalRule RuleOf()
    {
        if (ExpiresIn is not null && RenewAt is not null)
            throw new RenewalException(ErrorId.ConflictingParameters, "-ExpiresIn and -RenewAt were both given.", "Give one of them.");
        var chosen = ExpiresIn is not null ? new RenewalRule.ExpiresIn(Duration.ParsePositive(ExpiresIn))
            : RenewAt is not null ? new RenewalRule.ElapsedPercent(Percentage.Parse(RenewAt))
            : RenewalRule.Default;
        return chosen with { IsForced = Force };
    }
}
