using System.Management.Automation;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Logging;
using StepCaRenew.Registration;

namespace StepCaRenew.Cmdlets;

/// <summary>Registered renewals, by name or all of them. Their definitions say what is done.</summary>
public sealed partial class InvokeStepRenewalCommand
{
    // Parameters that a call can give; everything else is in the definition.
    private static readonly HashSet<string> Allowed = new(StringComparer.OrdinalIgnoreCase)
    {
        nameof(Name), nameof(InputObject), nameof(Force), nameof(Plan), nameof(Scheduled), nameof(ThrottleLimit), nameof(LockTimeout), nameof(RetryTimeout), nameof(ActionTimeout),
    };

    private readonly List<PSObject> tasks = [];
    private IReadOnlyList<string> given = [];
    private Func<bool, RegisteredRuns>? makeRuns;
    private RegisteredRuns? runs;
    private WorkBatch? registered;

    /// <summary>Names of registered renewals; wildcards are allowed. Without a name or a path, all registered renewals run.</summary>
    [Parameter(ParameterSetName = RegisteredSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RegisteredNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Registered renewals, as Get-StepRenewalTask shows them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    [PSTypeName(RenewalTaskAttribute.TypeName)]
    [RenewalTask]
    [ValidateNotNullOrEmpty]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>A scheduler starts this run: the exit code says how it ended, each result is one line, and events go to the Windows event log too.</summary>
    [Parameter(ParameterSetName = RegisteredSet)]
    public SwitchParameter Scheduled { get; set; }

    private void BeginRegistered()
    {
        var others = given.Where(name => !Allowed.Contains(name) && !IsCommon(name)).Select(name => $"-{name}").ToList();
        if (others.Count > 0)
            throw Conflict(
                $"{string.Join(", ", others)} cannot be given for registered renewals; the definition of each renewal contains this.",
                "Change the definition with Register-StepRenewalTask, or name the certificate's path instead of the renewal.");
        if (Plan && Scheduled)
            throw Conflict("-Plan and -Scheduled were both given.", "Leave out -Scheduled: a plan is not a run.");
        var host = ReadHost();
        var options = new RegisteredRunOptions
        {
            Module = new RunningModule(host.PwshPath, ModuleFolder.Path),
            IsForced = Force,
            IsScheduled = Scheduled,
            IsWhatIf = ChangesNothing,
            LockTimeout = ReadDuration(LockTimeout),
            RetryTimeout = ReadDuration(RetryTimeout),
            ActionTimeout = ReadActionTimeout(),
            ThrottleLimit = ThrottleLimit,
            IsNamed = name => tasks.Count > 0 || Name?.Contains(name, RenewalName.Comparer) == true,
            Host = host,
            ApproveAsync = Approve,
        };
        var pipeline = NewLog();
        makeRuns = isBatch => new RegisteredRuns(
            options with { IsBatch = isBatch }, TimeProvider.System, Random.Shared.NextDouble, CaSettingsResolver.FromProcess, Scheduled ? pipeline.WithWindowsEvents() : pipeline);
    }

    private void RunRegistered()
    {
        try
        {
            Terminating(RenewRegistered);
            Pump.Run(runs!.ActAsync);
            Pump.Run(runs!.FinishAsync);
            // Last: the process of another account must not delay the results of this one.
            Terminating(() =>
            {
                RunOthers();
                progress!.End();
            });
        }
        finally
        {
            // Only a scheduler needs the exit code; an interactive session stays open.
            if (Scheduled)
                Host.SetShouldExit(runs?.Outcomes.Count > 0 ? runs.ExitCode : RunExitCode.ConfigurationRefused);
        }

        ShowRegistered();
    }

    private void RenewRegistered()
    {
        var names = tasks.Count > 0 ? RegisteredNameCompleter.Resolve(tasks) : RegisteredNameCompleter.Resolve(Name);
        runs = makeRuns!(names.Count > 1);
        registered = new WorkBatch(Pump, ThrottleLimit);
        progress!.Expect(names.Count);
        for (var index = 0; index < names.Count; index++)
        {
            var (position, (store, name)) = (index, names[index]);
            registered.Start(
                async stopping =>
                {
                    EventSubject.Name = names.Count > 1 ? name : null;
                    return await runs.RenewAsync(position, store, name, stopping).ConfigureAwait(false);
                },
                isHere =>
                {
                    if (isHere)
                        progress.Done(isCertificate: true);
                });
        }

        registered.Drain();
    }

    // One process for each account that has renewals here.
    private void RunOthers()
    {
        foreach (var account in runs!.OtherAccounts)
        {
            registered!.Start(stopping => runs.RenewAsOtherAsync(account, stopping), count =>
            {
                for (; count > 0; count--)
                    progress!.Done(isCertificate: true);
            });
        }

        registered!.Drain();
    }

    private void ShowRegistered()
    {
        var outcomes = runs!.Outcomes;
        var isOne = outcomes.Sum(outcome => outcome.Runs.Count) == 1;
        foreach (var outcome in outcomes)
        {
            if (Scheduled)
                WriteLines(outcome);
            else
                outcome.Runs.ToList().ForEach(run => Write(planned is null ? run.Result : run.Result with { Warnings = planned.For(isOne ? null : run.Result.Name) }));
        }

        // Certificates that failed for the same reason share one error, which names them all.
        List<(string Name, RenewalException? Error)> certificates =
            [.. outcomes.SelectMany(outcome => outcome.Runs.Count == 0 ? [(outcome.Name, outcome.Refusal)] : outcome.Runs.Select(run => (run.Result.Name, run.Error)))];
        foreach (var failed in certificates.Where(one => one.Error is not null).GroupBy(one => $"{one.Error!.ErrorId}: {one.Error.Message}"))
            WriteError(ErrorRecords.From(failed.First().Error!, failed.First().Name, certificates.Count > 1 ? string.Join(", ", failed.Select(one => one.Name)) : null));
        foreach (var error in runs.ActionErrors)
            WriteError(ErrorRecords.From(error, null));
        foreach (var outcome in outcomes)
            outcome.Runs.Select(run => run.Result.Status).DefaultIfEmpty(RenewalStatus.Failed).ToList().ForEach(summary.Add);
        Summarise();
        Pump.RunLate();
    }

    // The scheduler's journal gets one line per renewal, up to 1,440 times a day; the log of the renewal has the details.
    // A failed renewal has the line of its error. Of several certificates, those that are not due are only counted.
    private void WriteLines(RegisteredOutcome outcome)
    {
        var isOne = outcome.Renewal?.Definition.Certificates is null;
        foreach (var run in outcome.Runs.Where(run => run.Error is null && (isOne || run.Result is not { Status: RenewalStatus.NotDue, ActionsPending: false, Changed: false })))
            Host.UI?.WriteLine($"{run.Result.Name}: {run.Result.Message}");
        if (isOne)
            return;
        var total = new BatchSummary();
        outcome.Runs.ToList().ForEach(run => total.Add(run.Result.Status));
        Host.UI?.WriteLine($"{outcome.Name}: {total.Render(least: 1)}");
    }

    private static bool IsCommon(string name) => CommonParameters.Contains(name) || OptionalCommonParameters.Contains(name);
}
