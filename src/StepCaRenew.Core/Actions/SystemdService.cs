using StepCaRenew.Logging;

namespace StepCaRenew.Actions;

/// <summary>Services of systemd, treated as the systemd template of the reference client does: <c>is-active</c> first.</summary>
internal static class SystemdService
{
    // systemctl(1): "unit is not active", "no such unit". Anything else is a failure of systemctl itself.
    private const int NotActive = 3;
    private const int Unknown = 4;

    private enum UnitState
    {
        Inactive,
        Failed,
        Running,
    }

    // Some of the action's time is left for what follows, and for an error that names the state.
    private const double ShareForWaiting = 0.75;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static string Find() => ProgramFinder.Find("systemctl")
        ?? throw ActionErrors.Invalid("There is no systemctl on PATH: this machine has no systemd.", "Use -FilePath with the program that reloads the service here, or -Signal with -PidFile.");

    public static async Task RunAsync(ServiceAction action, ActionContext context, CancellationToken cancellationToken)
    {
        var systemctl = Find();
        // Those that try leave a service alone that has ended since.
        var verb = await FindStateAsync(action, systemctl, context, cancellationToken).ConfigureAwait(false) switch
        {
            UnitState.Running => action.IsReload ? "try-reload-or-restart" : "try-restart",
            // It has failed since the renewal, most likely at the earlier run's restart. A service that somebody stopped is inactive;
            // but one whose process ends with an error when it is stopped is failed as well, and is started again here.
            UnitState.Failed when context.IsRetry => "restart",
            _ => null,
        };
        if (verb is null)
        {
            ActionLog.PassedOver(context.Logger, action.Name);
            return;
        }

        await ChildProcess.RunToSuccessAsync(action, systemctl, [verb, "--", action.Name], context, cancellationToken).ConfigureAwait(false);
    }

    // A service that starts may have read the old certificate already, and systemd refuses to reload it until it has
    // started; one that stops may be on its way to a restart. Both are waited for.
    private static async Task<UnitState> FindStateAsync(ServiceAction action, string systemctl, ActionContext context, CancellationToken cancellationToken)
    {
        var patience = (action.Timeout ?? context.Host.Timeout) * ShareForWaiting;
        var since = context.Clock.GetTimestamp();
        while (true)
        {
            var (code, output) = await ChildProcess.RunAsync(action, systemctl, ["is-active", "--", action.Name], context, cancellationToken).ConfigureAwait(false);
            var state = OutputCleaner.LastLine(output);
            // systemd itself lets a reload wait for one that is under way. "refreshing" came with version 257.
            if (code == 0 || state is "reloading" or "refreshing")
                return UnitState.Running;
            if (code is not (NotActive or Unknown))
                throw ActionErrors.Failed(action, $"systemctl can't tell whether it runs (exit code {code}). {state}".TrimEnd());
            if (state is not ("activating" or "deactivating"))
                return state == "failed" ? UnitState.Failed : UnitState.Inactive;
            if (context.Clock.GetElapsedTime(since) >= patience)
                throw ActionErrors.Failed(action, $"the service is still {state} after {patience.TotalSeconds:0.#} s.");
            ActionLog.ServiceAwaited(context.Logger, action.Name, state);
            await Task.Delay(Pause, context.Clock, cancellationToken).ConfigureAwait(false);
        }
    }
}
