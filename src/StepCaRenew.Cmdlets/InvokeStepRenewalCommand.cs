using System.Management.Automation;
using System.Security;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Renewal;

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
    private CertificateInputs? inputs;
    private CertificateBatch<RenewalOutcome>? batch;
    private BatchProgress? progress;
    private RenewalEngine? engine;
    private RenewalRequest? template;
    private ActionHost host = new();
    private bool isRegistered;
    private bool isKeyGiven;

    /// <summary>Certificate files, or folders that hold some; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[]? Path { get; set; } = [];

    /// <summary>Certificate files, or folders that hold some, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "CertificatePath")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[]? LiteralPath { get; set; } = [];

    /// <summary>The key file, where it does not lie beside the certificate.</summary>
    // By property name in the one set only, as CertificateCmdlet has it, and for the same reason.
    [Parameter(Position = 1, ParameterSetName = PathSet)]
    [Parameter(Position = 1, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? KeyPath { get; set; }

    /// <summary>Look into folders in folders as well.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter Recurse { get; set; }

    /// <summary>With -Recurse, look into folders that are links as well.</summary>
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

    /// <summary>How many certificates are worked on at once: from 1 to 16; twice the number of cores unless given.</summary>
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
        // What still runs ends first: an upstream command may have thrown.
        batch?.Dispose();
        registered?.Dispose();
        progress?.Dispose();
        engine?.Dispose();
        healthCheck?.Dispose();
        runs?.Dispose();
        pump.Dispose();
        template?.KeyPassword?.Dispose();
    }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // The set's name decides, so that a path that turned out null can never mean "all". What comes from the pipeline
        // is a path or a task, and its set is known only when it is there.
        isRegistered = IsGiven(nameof(InputObject)) || (ParameterSetName == RegisteredSet && (!MyInvocation.ExpectingInput || Name is not null || Scheduled));
        given = [.. MyInvocation.BoundParameters.Keys];
        progress = NewProgress(MyInvocation.ExpectingInput);
        if (isRegistered)
        {
            Terminating(BeginRegistered);
            return;
        }

        // First the monitor: it is told of all that ends the call from here on.
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
            engine = new RenewalEngine(TimeProvider.System, Random.Shared.NextDouble, CaSettingsResolver.FromProcess, log!);
            batch = new CertificateBatch<RenewalOutcome>(
                this, new WorkBatch(pump, ThrottleLimit), progress, new BatchNames(MyInvocation.ExpectingInput), (input, name, outcome) => Report(outcome.Result, ErrorOf(input, name, outcome.Error)));
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
            if (TryReadKeyPath(isLiteral ? LiteralPath : Path, out var keyPath))
                certificates = inputs!.Find(isLiteral ? LiteralPath : Path, isLiteral);
            request = template! with { KeyPath = keyPath };
        });
        Serve(() => batch!.Add(certificates, (path, stopping) => RenewAsync(request with { CertificatePath = path }, stopping)));
        // An error that ends the call: nothing was begun after it, and what it has to say comes last.
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

    private async Task<RenewalOutcome> RenewAsync(RenewalRequest request, CancellationToken stopping)
    {
        var (result, error) = await engine!.RenewAsync(request, stopping).ConfigureAwait(false);
        return new RenewalOutcome(result, error);
    }

    // An empty one is none: that is how a list writes that the key lies beside the certificate.
    private bool TryReadKeyPath(IEnumerable<string?>? paths, out string? keyPath)
    {
        keyPath = null;
        if (string.IsNullOrEmpty(KeyPath))
            return true;
        try
        {
            keyPath = FullPath(KeyPath);
            return true;
        }
        catch (RenewalException e) when (!isKeyGiven)
        {
            foreach (var path in paths ?? [])
                Refuse(path ?? string.Empty, e);
            return false;
        }
    }

    private void Serve(Action work)
    {
        try
        {
            work();
        }
        catch (PipelineStoppedException)
        {
            // What waits is given out, where a warning was the end (-WarningAction Stop) and not Ctrl+C.
            Send();
            throw;
        }
    }

    // What is the same for every certificate of the call.
    private RenewalRequest ReadTemplate()
    {
        var usual = new RenewalRequest { CertificatePath = string.Empty };
        return usual with
        {
            Rule = ReadRule() with { IsForced = Force },
            UseToken = UseToken,
            Rekey = Rekey,
            KeyAlgorithm = ReadKeyAlgorithm(),
            RetryTimeout = ReadDuration(RetryTimeout) ?? usual.RetryTimeout,
            LockTimeout = ReadDuration(LockTimeout) ?? usual.LockTimeout,
            ActionTimeout = ReadActionTimeout() ?? usual.ActionTimeout,
            Ca = ReadCa(),
            Actions = ReadActions(ScriptBlock),
            ApproveAsync = Approve,
            KeyPassword = ReadPassword(KeyPassword, KeyPasswordFile) ?? ReadConfiguredPassword(ReadCa()),
        };
    }

    private ActionHost ReadHost() => host with
    {
        WorkingDirectory = SessionState.Path.CurrentFileSystemLocation.ProviderPath,
        PwshPath = Pwsh.Find(SessionState),
        ScriptBlocks = ScriptBlock is null ? null : new ScriptBlockRunner(ScriptBlock, pump),
    };

    private Task<bool> Approve(RenewalPlan plan, CancellationToken cancellationToken) => pump.AskAsync(() => ShouldProcess(plan.CertificatePath, plan.Action), cancellationToken);
}
