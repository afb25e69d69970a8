namespace StepCaRenew.Scheduling.Windows;

/// <summary>Runs a task once and waits for its end. The scheduler tells nobody; it is asked.</summary>
/// <param name="clock">The clock.</param>
internal sealed class TaskRunner(TimeProvider clock)
{
    private const uint NeverRan = 0x00041303;
    private const uint Running = 0x00041301;
    private const uint Queued = 0x00041325;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // To be started; and to be seen as ended after the scheduler has ended it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="ask">What the task does at the moment.</param>
    /// <param name="start">Starts it.</param>
    /// <param name="cancellationToken">Ends the waiting, and not the task.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ScheduledRun run, Func<Task<TaskActivity>> ask, Func<Task> start, CancellationToken cancellationToken)
    {
        // One that runs already would make the scheduler ignore this start.
        var before = await WaitAsync(one => !one.IsRunning, run.TimeLimit + Patience, "An earlier run", "did not end in time").ConfigureAwait(false);
        await start().ConfigureAwait(false);
        // The state is late: only a new time of the last run says that it is this one that has ended.
        await WaitAsync(one => one.IsRunning || HasRun(one, before), Patience, "The run", "was not started").ConfigureAwait(false);
        var after = await WaitAsync(one => !one.IsRunning && HasRun(one, before), run.TimeLimit + Patience, "The run", "did not end in time").ConfigureAwait(false);
        return after.LastResult switch
        {
            TaskErrors.FileNotFound or TaskErrors.PathNotFound => throw NoProgram(run),
            var result when IsOfScheduler(unchecked((uint)result)) => throw TaskErrors.ToError(result, $"The task of '{run.Name}' did not run to its end"),
            var result => result,
        };

        async Task<TaskActivity> WaitAsync(Func<TaskActivity, bool> isReached, TimeSpan patience, string who, string what)
        {
            var since = clock.GetTimestamp();
            while (true)
            {
                var activity = await ask().ConfigureAwait(false);
                if (isReached(activity))
                    return activity;
                if (clock.GetElapsedTime(since) >= patience)
                    throw Late(run, who, what);
                await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool HasRun(TaskActivity activity, TaskActivity before) =>
        !activity.LastRun.Equals(before.LastRun) && unchecked((uint)activity.LastResult) is not (NeverRan or Running or Queued);

    // A code of Windows or of the scheduler stands where a program would have left its exit code: it was not started, or was ended.
    private static bool IsOfScheduler(uint result) => (result >> 16) is 0x8007 or 0x8004 || (result >> 8) == 0x000413;

    private static RenewalException NoProgram(ScheduledRun run) => new(
        ErrorId.SchedulerFailed, $"The task of '{run.Name}' finds no program '{run.Command.Program}'.", "Register it again from the pwsh that is to run it.");

    private static RenewalException Late(ScheduledRun run, string who, string what) => new(
        ErrorId.SchedulerFailed, $"{who} of the task of '{run.Name}' {what}.", "See the task's history in Task Scheduler, and the log of the renewal.");
}
