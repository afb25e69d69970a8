using System.Management.Automation;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Logging;
using StepCaRenew.Registration;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>What the cmdlets of registered renewals work with.</summary>
internal sealed class TaskServices(PSCmdlet cmdlet, PipelinePump pump)
{
    private readonly SchedulerFinder schedulers = new(TimeProvider.System);
    private readonly CallLog log = new(new PipelineEvents(cmdlet, pump, new EndingLevels(cmdlet)));

    /// <summary>Registers with the schedulers of this machine.</summary>
    public Registrar Registrar => new(schedulers, TimeProvider.System, CaSettingsResolver.FromProcess, log);

    /// <summary>Looks at renewals of one place.</summary>
    public TaskReader ReaderOf(DefinitionStore store) =>
        new(schedulers, ModuleOf(cmdlet.SessionState), TimeProvider.System, CaSettingsResolver.FromProcess, new StateStore(store.Folders, log));

    /// <summary>What runs now.</summary>
    public static RunningModule ModuleOf(SessionState session) => new(Pwsh.Find(session), ModuleFolder.Path);

    /// <summary>The error of a run that -RunNow started.</summary>
    public static RenewalException RunFailed(RenewalTask task, int exitCode) => new(
        ErrorId.RunNowFailed, $"The registered run of '{task.Name}' as {task.RunAs} ended with exit code {exitCode}{(task.LastErrorId is { } errorId ? $" ({errorId})" : string.Empty)}.",
        $"It is registered, and will be tried again. Its log says why: '{task.LogPath}'.");
}
