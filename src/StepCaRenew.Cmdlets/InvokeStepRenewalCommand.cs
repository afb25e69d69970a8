using System.Management.Automation;
using System.Security;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;

namespace StepCaRenew.Cmdlets;

/// <summary>Invoke-StepRenewal: renews the certificates that are due.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "StepRenewal", SupportsShouldProcess = true, DefaultParameterSetName = RegisteredSet, HelpUri = HelpPages.Folder + "Invoke-StepRenewal.md")]
[OutputType(typeof(RenewalResult))]
public sealed partial class InvokeStepRenewalCommand : RenewalParameterCmdlet, IDisposable
{
    private const string RegisteredSet = "Registered";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputObjectSet = "InputObject";

    private readonly PipelinePump pump = new();
    private readonly List<PairLocation> pairs = [];
    private CertificateInputs? inputs;
    private CertificateBatch<RenewalOutcome>? batch;
    private BatchProgress? progress;
    private RenewalRequest? template;
    private ActionHost host = new();
    private bool isRegistered;
    private bool isKeyGiven;

    /// <summary>Certificate files, or folders with certificates; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[]? Path { get; set; } = [];

    /// <summary>Certificate files, or folders with certificates; wildcards have no meaning.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "CertificatePath")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[]? LiteralPath { get; set; } = [];

    /// <summary>The key file, if it is not next to the certificate.</summary>
    // By property name in one set only, for the reason in CertificateCmdlet.
    [Parameter(Position = 1, ParameterSetName = PathSet)]
    [Parameter(Position = 1, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? KeyPath { get; set; }

    /// <summary>Search subfolders too.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter Recurse { get; set; }

    /// <summary>With -Recurse, search folders that are links too.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter FollowSymlink { get; set; }

    /// <summary>The password of an encrypted key.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNull]
    public SecureString? KeyPassword { get; set; }

    /// <summary>Renew now, due or not.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>How many certificates are in work at once: 1 to 16; by default twice the number of cores.</summary>
    [Parameter]
    [ValidateRange(1, Throttle.Most)]
    public int ThrottleLimit { get; set; } = Throttle.Usual;

    /// <summary>A script block to run after a renewal.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        // An upstream command may have thrown; running work ends first.
        batch?.Dispose();
        registered?.Dispose();
        progress?.Dispose();
        call?.Dispose();
        healthCheck?.Dispose();
        runs?.Dispose();
        pump.Dispose();
        template?.KeyPassword?.Dispose();
    }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // The parameter set decides, so that a path variable that is null never means "all". For pipeline input the set is
        // known only when the first object arrives.
        isRegistered = IsGiven(nameof(InputObject)) || (ParameterSetName == RegisteredSet && (!MyInvocation.ExpectingInput || Name is not null || Scheduled));
        given = [.. MyInvocation.BoundParameters.Keys];
        progress = NewProgress(MyInvocation.ExpectingInput);
        if (isRegistered)
        {
            Terminating(BeginRegistered);
            return;
        }

        // The monitor first: it is notified of every error that ends the call from here on.
        Terminating(PrepareReporting);
        Terminating(() =>
        {
            RequireGiven(nameof(Path), Path);
            RequireGiven(nameof(LiteralPath), LiteralPath);
            RequireGiven(nameof(KeyPath), KeyPath);
            isKeyGiven = IsGiven(nameof(KeyPath));
            inputs = new CertificateInputs(this, new FolderOptions(Recurse, FollowSymlink), NothingFound) { IsKeyNamedByHand = isKeyGiven };
            template = ReadTemplate();
            host = ReadHost();
            foreach (var action in template.Actions)
                action.RequireRunnable(host);
            batch = new CertificateBatch<RenewalOutcome>(
                this, new WorkBatch(pump, ThrottleLimit), progress, new BatchNames(MyInvocation.ExpectingInput), (input, name, outcome) => Report(outcome, ErrorOf(input, name, outcome.Error)));
        });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == InputObjectSet)
        {
            tasks.AddRange(InputObject);
            return;
        }

        if (isRegistered)
            return;

        IReadOnlyList<CertificateInput> certificates = [];
        var request = template!;
        Terminating(() =>
        {
            var isLiteral = ParameterSetName == LiteralPathSet;
            var paths = isLiteral ? LiteralPath : Path;
            if (TryReadKeyPath(KeyPath, isKeyGiven, paths, out var keyPath))
                certificates = inputs!.Find(paths, isLiteral);
            request = template! with { KeyPath = keyPath };
        });
        lock (pairs)
            pairs.AddRange(certificates.Select(certificate => new PairLocation(certificate.Path, request.KeyPath)));
        Serve(() => batch!.Add(certificates, (path, stopping) => RenewAsync(request with { CertificatePath = path }, stopping)));
        // After an error that ends the call no work is started, and the error is written last.
        if (batch!.IsEnding)
            EndProcessing();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!isRegistered)
        {
            Serve(batch!.Drain);
            progress!.End();
            Finish();
            if (tasks.Count == 0)
            {
                Summarise();
                return;
            }

            progress = NewProgress(isOpenEnded: false);
            Terminating(BeginRegistered);
        }

        RunRegistered();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => pump.Stop();

    private BatchProgress NewProgress(bool isOpenEnded) => new("Renewing certificates", TimeProvider.System, isOpenEnded, pump.Post, WriteProgress);

    private void Serve(Action work)
    {
        try
        {
            work();
        }
        catch (PipelineStoppedException)
        {
            // A warning with -WarningAction Stop may be the reason; the waiting results are written then.
            Send();
            throw;
        }
    }

    // The request without the paths, for all certificates of the call.
    private RenewalRequest ReadTemplate()
    {
        var settings = ReadSettings(ScriptBlock);
        return new RenewalRequest(settings)
        {
            CertificatePath = string.Empty,
            KeyPassword = ReadPassword(KeyPassword, KeyPasswordFile) ?? ReadConfiguredPassword(settings.Ca),
            Rule = settings.Rule with { IsForced = Force },
            ApproveAsync = Approve,
            FindOthers = FindOthers,
        };
    }

    private ActionHost ReadHost() => host with
    {
        WorkingDirectory = SessionState.Path.CurrentFileSystemLocation.ProviderPath,
        PwshPath = Pwsh.Find(SessionState),
        ScriptBlocks = ScriptBlock is null ? null : new ScriptBlockRunner(ScriptBlock, pump),
    };

    private IReadOnlyList<PairLocation> FindOthers()
    {
        lock (pairs)
            return [.. pairs, .. registrations.Pairs];
    }

    private Task<bool> Approve(RenewalPlan plan, CancellationToken cancellationToken) => pump.AskAsync(() => ShouldProcess(plan.CertificatePath, plan.Action), cancellationToken);
}
