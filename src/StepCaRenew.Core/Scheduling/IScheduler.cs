namespace StepCaRenew.Scheduling;

/// <summary>A scheduler of the operating system. A schedule is replaced in place: the old one goes only when the new one is there.</summary>
internal interface IScheduler
{
    /// <summary>One of <see cref="SchedulerKind"/>.</summary>
    string Kind { get; }

    /// <summary>The schedule as text: the XML of the task, the unit files, or the lines of cron. Changes nothing, and works on any system.</summary>
    string Render(ScheduledRun run);

    /// <summary>The schedule that is registered under the name of the run, and how it differs from what it should be.</summary>
    /// <exception cref="RenewalException">The scheduler cannot be asked.</exception>
    Task<ScheduleFinding> FindAsync(ScheduledRun run, CancellationToken cancellationToken);

    /// <summary>Creates the schedule, or corrects the one that exists.</summary>
    /// <returns>Whether anything was changed.</returns>
    /// <exception cref="RenewalException">The schedule cannot be created; the earlier one is unchanged.</exception>
    Task<bool> InstallAsync(ScheduledRun run, CancellationToken cancellationToken);

    /// <summary>Deletes the schedule.</summary>
    /// <returns>Whether there was one.</returns>
    Task<bool> RemoveAsync(string name, RenewalScope scope, CancellationToken cancellationToken);

    /// <summary>Starts the registered task itself, as its own account, and waits for its end.</summary>
    /// <param name="run">The run, which is registered.</param>
    /// <returns>The exit code; null if the scheduler does not report it.</returns>
    /// <exception cref="RenewalException">The task cannot be started, or does not end in time.</exception>
    Task<int?> RunNowAsync(ScheduledRun run, CancellationToken cancellationToken);
}
