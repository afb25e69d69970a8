using StepCaRenew.Accounts;

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

    /// <summary>A sentence for each thing that <see cref="InstallAsync"/> would change; empty if it would change nothing.</summary>
    /// <exception cref="RenewalException">The scheduler cannot be asked, or the schedule of this name is not one of this module.</exception>
    Task<IReadOnlyList<string>> FindChangesAsync(ScheduledRun run, CancellationToken cancellationToken);

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

/// <summary>A schedule as it was found on this machine.</summary>
/// <param name="Exists">Whether there is anything under the name.</param>
/// <param name="Description">When it runs, in the notation of the scheduler, such as <c>*:07/15:23</c>; null if there is none.</param>
/// <param name="Differences">A sentence for each difference from what the schedule should be; empty if it is healthy.</param>
internal sealed record ScheduleFinding(bool Exists, string? Description, IReadOnlyList<string> Differences)
{
    /// <summary>Whether the schedule exists and is as it should be.</summary>
    public bool IsHealthy => Exists && Differences.Count == 0;

    /// <summary>The known environment variables that the scheduler gives a run; they decide where the run looks for its definition.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>No schedule exists.</summary>
    public static ScheduleFinding None { get; } = new(false, null, ["There is no schedule."]);
}

/// <summary>The errors of all schedulers.</summary>
internal static class SchedulerErrors
{
    public static RenewalException Failed(string message, string remedy, Exception? e = null) => new(ErrorId.SchedulerFailed, message, remedy, e);

    public static RenewalException Unavailable(string message, string remedy) => new(ErrorId.SchedulerUnavailable, message, remedy);

    /// <summary>A file of the schedule cannot be written.</summary>
    public static RenewalException NotWritten(string path, RenewalScope scope, Exception e) =>
        e is UnauthorizedAccessException && scope == RenewalScope.Machine
            ? new(ErrorId.AdministratorRequired, $"'{path}' cannot be written: {CurrentUser.Name} does not have permission to change schedules of the machine.", "Run as root (sudo pwsh), or use -Scope CurrentUser.", e)
            : Failed($"'{path}' cannot be written: {e.Message}", "The schedule is unchanged. Check the folder and its volume.", e);

    /// <summary>A run that -RunNow started ended without an exit code.</summary>
    public static RenewalException NotRun(string name, string reason) =>
        Failed($"{name}: the run that its scheduler started failed: {reason}", "A run on schedule would fail in the same way. Fix the cause, then try again with -RunNow.");
}
