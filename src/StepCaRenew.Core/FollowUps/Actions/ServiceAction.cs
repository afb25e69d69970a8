using System.Runtime.Versioning;
using StepCaRenew.Logging;
using StepCaRenew.Processes;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>Restarts or reloads a service; does nothing if it does not run.</summary>
/// <param name="Name">The name, on Windows also the display name.</param>
/// <param name="IsReload">Reload if the service supports it, instead of a restart.</param>
internal sealed record ServiceAction(string Name, bool IsReload) : ActionDefinition
{
    /// <inheritdoc/>
    public override string Description => $"{(IsReload ? "reload" : "restart")} of '{Name}'";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => [IsReload ? "reload" : "restart", Name];

    /// <inheritdoc/>
    public override void RequireRunnable(ActionHost host)
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.StartsWith('-') || Name.Any(character => char.IsControl(character) || character is '*' or '?' or '['))
            throw ActionErrors.Invalid($"'{Name}' is not a name of a service.", "Give names of services, without wildcards.");
        if (OperatingSystem.IsWindows() && IsReload)
            throw ActionErrors.Invalid("Windows services cannot be reloaded.", "Use -RestartService.");
        if (OperatingSystem.IsMacOS())
            throw ActionErrors.Invalid("Services can be restarted only with systemd or on Windows.", "Use -FilePath launchctl -ArgumentList kickstart, -k, system/<label>.");
        if (OperatingSystem.IsLinux())
            SystemdService.Find();
    }

    /// <inheritdoc/>
    internal override Task RunAsync(ActionContext context, CancellationToken cancellationToken) =>
        OperatingSystem.IsWindows()
            ? RestartOnWindowsAsync(context, cancellationToken)
            : SystemdService.RunAsync(this, context, cancellationToken);

    // On a thread of the pool: some calls of the manager take half a minute.
    [SupportedOSPlatform("windows")]
    private Task RestartOnWindowsAsync(ActionContext context, CancellationToken cancellationToken)
    {
        var restart = new ServiceRestart(this, new ServiceManager(), context.Stopped, context.Clock, context.Logger);
        return Task.Run(() => restart.RunAsync(Timeout ?? context.Host.Timeout, cancellationToken), CancellationToken.None);
    }
}

/// <summary>Restarts or reloads a systemd service; asks <c>is-active</c> first, as step's systemd template does.</summary>
internal static class SystemdService
{
    // systemctl(1): "unit is not active", "no such unit". Other codes are failures of systemctl itself.
    private const int NotActive = 3;
    private const int Unknown = 4;

    private enum UnitState
    {
        Inactive,
        Failed,
        Running,
    }

    // The rest of the action's time is for the reload, or for an error that names the state.
    private const double ShareForWaiting = 0.75;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static string Find() => ProgramFinder.Find("systemctl")
        ?? throw ActionErrors.Invalid("systemctl was not found on PATH: this machine does not run systemd.", "Use -FilePath with the program that reloads the service, or -Signal with -PidFile.");

    public static async Task RunAsync(ServiceAction action, ActionContext context, CancellationToken cancellationToken)
    {
        var systemctl = Find();
        // try-restart and try-reload-or-restart do nothing if the service has ended since.
        var verb = await FindStateAsync(action, systemctl, context, cancellationToken).ConfigureAwait(false) switch
        {
            UnitState.Running => action.IsReload ? "try-reload-or-restart" : "try-restart",
            // Most likely the earlier run's restart failed. A service that an administrator stopped is inactive, not failed, unless its
            // process ended with an error: then it is started again here.
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

    // Waits for a service that is starting or stopping: it may have read the old certificate already, and systemd does not
    // reload it until it has started.
    private static async Task<UnitState> FindStateAsync(ServiceAction action, string systemctl, ActionContext context, CancellationToken cancellationToken)
    {
        var patience = (action.Timeout ?? context.Host.Timeout) * ShareForWaiting;
        var since = context.Clock.GetTimestamp();
        while (true)
        {
            var (code, output) = await ChildProcess.RunAsync(action, systemctl, ["is-active", "--", action.Name], context, cancellationToken).ConfigureAwait(false);
            var state = OutputCleaner.LastLine(output);
            // systemd queues a reload behind one in progress. "refreshing" is new in version 257.
            if (code == 0 || state is "reloading" or "refreshing")
                return UnitState.Running;
            if (code is not (NotActive or Unknown))
                throw ActionErrors.Failed(action, $"systemctl cannot report the state of the service (exit code {code}). {state}".TrimEnd());
            if (state is not ("activating" or "deactivating"))
                return state == "failed" ? UnitState.Failed : UnitState.Inactive;
            if (context.Clock.GetElapsedTime(since) >= patience)
                throw ActionErrors.Failed(action, $"the service is still {state} after {patience.TotalSeconds:0.#} s.");
            ActionLog.ServiceAwaited(context.Logger, action.Name, state);
            await Task.Delay(Pause, context.Clock, cancellationToken).ConfigureAwait(false);
        }
    }
}
