using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.Logging;
using StepCaRenew.Logging;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>
/// Restarts a Windows service with its dependents. Stopped services are always started again: at once after an error, a timeout
/// or Ctrl+C; by the next run, from the record, if this process was killed.
/// </summary>
internal sealed class ServiceRestart(ServiceAction action, IServiceManager services, IStoppedServices stopped, TimeProvider clock, ILogger logger)
{
    /// <summary>How long to wait for a stop after the action's time is over: a service that has not stopped cannot be started.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    /// <summary>The least time to wait for a service to start.</summary>
    public static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(30);

    // The rest of the action's time is for the restart itself.
    private const double ShareForWaiting = 0.75;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Restarts the service; does nothing if it does not run, unless an earlier run stopped it.</summary>
    /// <param name="patience">The time limit of the action.</param>
    /// <param name="cancellationToken">Ends the waiting; stopped services are still started again.</param>
    /// <exception cref="RenewalException">A service cannot be restarted, or it is not certain that it runs again (<see cref="ErrorId.ActionFailed"/>).</exception>
    /// <exception cref="OperationCanceledException">The time was over before a service was stopped.</exception>
    public async Task RunAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        if (Ask(action.Name, () => services.Find(action.Name)) is not { } service)
        {
            ActionLog.PassedOver(logger, action.Name);
            return;
        }

        var all = Ask(service, () => services.GetDependents(service)).Append(service).ToList();
        var before = all.Where(stopped.Contains).ToList();
        var state = await WaitWhilePendingAsync(service, patience * ShareForWaiting, cancellationToken).ConfigureAwait(false);
        if (state != ServiceState.Running && before.Count == 0)
        {
            ActionLog.PassedOver(logger, action.Name);
            return;
        }

        var toStart = before;
        Exception? failure = null;
        try
        {
            if (state == ServiceState.Running)
            {
                var toStop = all.Where(one => one == service || Query(one).State is not (ServiceState.Stopped or ServiceState.StopPending)).ToList();
                RequireRestartable(toStop);
                cancellationToken.ThrowIfCancellationRequested();
                await stopped.RecordAsync(toStop).ConfigureAwait(false);
                toStart = [.. all.Where(one => toStop.Contains(one) || before.Contains(one))];
                foreach (var one in toStop)
                    await StopAsync(one, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is RenewalException or OperationCanceledException)
        {
            failure = e;
        }

        var rest = patience - clock.GetElapsedTime(since);
        await StartAsync(Enumerable.Reverse(toStart), before, rest > LeastPatience ? rest : LeastPatience).ConfigureAwait(false);
        if (failure is not null)
            await stopped.ForgetAsync(toStart).ConfigureAwait(false);
        if (failure is RenewalException || (failure is not null && toStart.Count == before.Count))
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        if (failure is not null)
            throw ActionErrors.Failed(action, "the time was over before all services had stopped; the stopped ones run again.", failure);
    }

    // A starting service may have read the old certificate already, and a stopping one may be about to start again.
    private async Task<ServiceState> WaitWhilePendingAsync(string service, TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var (since, isWaiting) = (clock.GetTimestamp(), false); ; isWaiting = true)
        {
            var state = Query(service).State;
            if (!IsPending(state))
                return state;
            if (clock.GetElapsedTime(since) >= patience)
                throw Late(service, state, patience);
            if (!isWaiting)
                ActionLog.ServiceAwaited(logger, service, state.ToString());
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private void RequireRestartable(List<string> toStop)
    {
        foreach (var one in toStop)
        {
            if (Ask(one, () => services.IsDisabled(one)))
                throw ActionErrors.Failed(action, $"'{one}' was not stopped, because it is disabled and could not be started again.");
        }
    }

    private async Task StopAsync(string service, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Ask(service, () => services.Stop(service));
        long? late = null;
        var since = clock.GetTimestamp();
        while (Query(service).State is var state && state != ServiceState.Stopped)
        {
            if (cancellationToken.IsCancellationRequested)
                late ??= clock.GetTimestamp();
            if (late is { } begin && clock.GetElapsedTime(begin) >= Grace)
                throw Late(service, state, clock.GetElapsedTime(since));
            await Task.Delay(Pause, clock, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // Never cancelled: a service that stays down is worse than a call that ends later.
    private async Task StartAsync(IEnumerable<string> toStart, List<string> before, TimeSpan patience)
    {
        RenewalException? first = null;
        List<string> running = [];
        foreach (var one in toStart)
        {
            try
            {
                await StartAsync(one, before.Contains(one), patience).ConfigureAwait(false);
                running.Add(one);
            }
            catch (RenewalException e)
            {
                first ??= e;
            }
        }

        // After success the runner removes the whole entry.
        if (first is null)
            return;
        await stopped.ForgetAsync(running).ConfigureAwait(false);
        throw first;
    }

    private async Task StartAsync(string service, bool isOfEarlierRun, TimeSpan patience)
    {
        var isStarted = false;
        for (var since = clock.GetTimestamp(); ;)
        {
            var status = Query(service);
            if (status.State is not (ServiceState.Stopped or ServiceState.StopPending or ServiceState.StartPending))
                return;
            if (status.State == ServiceState.Stopped && isStarted)
                throw ActionErrors.Failed(action, $"'{service}' was started and ended at once (error {status.ExitCode}: {PlainMessage(status.ExitCode)}). It is not running.");
            if (status.State == ServiceState.Stopped)
            {
                Ask(service, () => services.Start(service));
                isStarted = true;
                if (isOfEarlierRun)
                    ActionLog.ServiceStartedAgain(logger, service);
                continue;
            }

            if (clock.GetElapsedTime(since) >= patience)
                throw Late(service, status.State, patience);
            await Task.Delay(Pause, clock, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static bool IsPending(ServiceState state) =>
        state is ServiceState.StartPending or ServiceState.StopPending or ServiceState.ContinuePending or ServiceState.PausePending;

    private ServiceStatus Query(string service) => Ask(service, () => services.Query(service));

    private void Ask(string service, Action ask) => Ask(service, () =>
    {
        ask();
        return true;
    });

    private T Ask<T>(string service, Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (Win32Exception e)
        {
            throw ActionErrors.Failed(action, string.Create(CultureInfo.InvariantCulture, $"'{service}': {PlainMessage(e.NativeErrorCode)} (error {e.NativeErrorCode})."), e);
        }
    }

    private RenewalException Late(string service, ServiceState state, TimeSpan after) => ActionErrors.Failed(
        action, string.Create(CultureInfo.InvariantCulture, $"'{service}' is still {(state == ServiceState.StopPending ? "stopping" : state == ServiceState.StartPending ? "starting" : $"in the state {state}")} after {after.TotalSeconds:0.#} s."));

    private static string PlainMessage(int code) => code switch
    {
        5 => "this account does not have permission to stop and start it; an administrator or SYSTEM does",
        _ => new Win32Exception(code).Message.TrimEnd('.', ' '),
    };
}
