using System.Management.Automation;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Logging;
using StepCaRenew.Registration;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>The services of the cmdlets for registered renewals.</summary>
/// <param name="plan">Keeps the warnings of a plan; null if they are shown.</param>
internal sealed class TaskServices(PSCmdlet cmdlet, PipelinePump pump, PlanEvents? plan = null)
{
    private readonly SchedulerFinder schedulers = new(TimeProvider.System);
    private readonly CallLog log = new(plan ?? (IEventSink)new PipelineEvents(cmdlet, pump, new EndingLevels(cmdlet)));

    /// <summary>Registers renewals with the schedulers of this machine.</summary>
    public Registrar Registrar => new(schedulers, TimeProvider.System, CaSettingsResolver.FromProcess, log);

    /// <summary>Reads the renewals of one store.</summary>
    public TaskReader ReaderFor(DefinitionStore store) =>
        new(schedulers, ModuleOf(cmdlet.SessionState), TimeProvider.System, CaSettingsResolver.FromProcess, new StateStore(store.Folders, log));

    /// <summary>The running module and its pwsh.</summary>
    public static RunningModule ModuleOf(SessionState session) => new(Pwsh.Find(session), ModuleFolder.Path);

    /// <summary>The error of a run that -RunNow started.</summary>
    public static RenewalException RunFailed(RenewalTask task, int exitCode) => new(
        ErrorId.RunNowFailed, $"'{task.Name}' is registered, but its run as {task.RunAs} ended with exit code {exitCode}{(task.LastErrorId is { } errorId ? $" ({errorId})" : string.Empty)}.",
        $"See the log for the cause: '{task.LogPath}'. The schedule runs it again.");
}
