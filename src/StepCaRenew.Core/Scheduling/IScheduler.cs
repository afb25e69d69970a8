using StepCaRenew.Renewals;

namespace StepCaRenew.Scheduling;

/// <summary>A scheduler of the operating system. Nothing is ever deleted before its successor is there.</summary>
public interface IScheduler
{
    /// <summary>One of <see cref="SchedulerKind"/>.</summary>
    string Kind { get; }

    /// <summary>What would be registered, as text: the task's XML, the units, the line of cron. Changes nothing, on any system.</summary>
    /// <param name="run">What to run.</param>
    string Render(ScheduledRun run);

    /// <summary>What lies there under the run's name, and how it differs from what it should be.</summary>
    /// <param name="run">What should be there.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RenewalException">The scheduler can't be asked.</exception>
    Task<ScheduleFinding> FindAsync(ScheduledRun run, CancellationToken cancellationToken);

    /// <summary>Creates the schedule, or makes an existing one what it should be.</summary>
    /// <param name="run">What should be there.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>False where nothing had to be changed.</returns>
    /// <exception cref="RenewalException">It can't be made; what was there before still is.</exception>
    Task<bool> InstallAsync(ScheduledRun run, CancellationToken cancellationToken);

    /// <summary>Takes the schedule away.</summary>
    /// <param name="name">The renewal's name.</param>
    /// <param name="scope">Whose schedule.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>False where there was none.</returns>
    Task<bool> RemoveAsync(string name, RenewalScope scope, CancellationToken cancellationToken);

    /// <summary>Starts the registered task itself, as its own account, and waits for its end.</summary>
    /// <param name="run">The run, which is registered.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The exit code; null where the scheduler does not tell.</returns>
    /// <exception cref="RenewalException">It can't be started, or does not end in time.</exception>
    Task<int?> RunNowAsync(ScheduledRun run, CancellationToken cancellationToken);
}
