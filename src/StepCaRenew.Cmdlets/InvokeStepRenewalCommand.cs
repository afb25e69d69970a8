using System.Management.Automation;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Renewal;

namespace StepCaRenew.Cmdlets;

/// <summary>Invoke-StepRenewal: renews the certificates that are due.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "StepRenewal", SupportsShouldProcess = true, DefaultParameterSetName = RegisteredSet, HelpUri = HelpPages.Folder + "Invoke-StepRenewal.md")]
[OutputType(typeof(RenewalResult))]
public sealed partial class InvokeStepRenewalCommand : RenewalParameterCmdlet
{
    private const string RegisteredSet = "Registered";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputObjectSet = "InputObject";

    private BatchProgress? progress;
    private ActionHost host = new();
    private bool isRegistered;
    private bool isInStore;

    /// <summary>Renew now, due or not.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Say in the results what a run would do, and do nothing.</summary>
    [Parameter]
    public SwitchParameter Plan { get; set; }

    /// <summary>How many certificates are in work at once: 1 to 16; by default twice the number of cores.</summary>
    [Parameter]
    [ValidateRange(1, Throttle.Most)]
    public int ThrottleLimit { get; set; } = Throttle.Usual;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // The parameter set decides, so that a path variable that is null never means "all". For pipeline input the set is
        // known only when the first object arrives.
        isInStore = ParameterSetName == RegisteredSet && !MyInvocation.ExpectingInput && Name is null && !Scheduled && !IsGiven(nameof(InputObject)) && (Store ?? Subject ?? Thumbprint) is not null;
        isRegistered = !isInStore && (IsGiven(nameof(InputObject)) || (ParameterSetName == RegisteredSet && (!MyInvocation.ExpectingInput || Name is not null || Scheduled)));
        given = [.. MyInvocation.BoundParameters.Keys];
        progress = NewProgress(MyInvocation.ExpectingInput);
        if (isRegistered)
        {
            Terminating(BeginRegistered);
            return;
        }

        // The monitor first: it is notified of every error that ends the call from here on.
        Terminating(PrepareReporting);
        Terminating(BeginPaths);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == InputObjectSet)
        {
            tasks.AddRange(InputObject);
            return;
        }

        if (!isRegistered)
            AddPaths();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!isRegistered)
        {
            Serve(batch!.Drain);
            progress!.End();
            notices?.RecordSuccess(string.Empty);
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
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // An upstream command may have thrown; running work ends first.
            batch?.Dispose();
            registered?.Dispose();
            progress?.Dispose();
            call?.Dispose();
            healthCheck?.Dispose();
            runs?.Dispose();
            template?.KeyPassword?.Dispose();
        }

        base.Dispose(disposing);
    }

    private BatchProgress NewProgress(bool isOpenEnded) => new("Renewing certificates", TimeProvider.System, isOpenEnded, Pump.Post, WriteProgress);

    private ActionHost ReadHost() => host with
    {
        WorkingDirectory = SessionState.Path.CurrentFileSystemLocation.ProviderPath,
        PwshPath = Pwsh.Find(SessionState),
    };

    private protected override IScriptBlockRunner RunnerOf(ScriptBlock script) => new ScriptBlockRunner(script, Pump);

    private bool ChangesNothing => Plan || IsWhatIf();

    // Not ShouldProcess for -Plan: with -WhatIf it writes to the standard output.
    private Task<bool> Approve(RenewalPlan plan, CancellationToken cancellationToken) => Plan ? Task.FromResult(false) : Pump.AskAsync(() => ShouldProcess(plan.CertificatePath, plan.Action), cancellationToken);
}
