namespace StepCaRenew.Scheduling.Windows;

/// <summary>Runs a task once and waits for its end by asking for its state, since the scheduler sends no notification.</summary>
internal sealed class TaskRunner(TimeProvider clock)
{
    private const uint NeverRan = 0x00041303;
    private const uint Running = 0x00041301;
    private const uint Queued = 0x00041325;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // For the start, and for the new state after the scheduler has stopped a run.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs the task.</summary>
    /// <param name="ask">Returns the state of the task.</param>
    /// <param name="start">Starts the task.</param>
    /// <param name="cancellationToken">Ends the waiting, not the task.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ScheduledRun run, Func<Task<TaskActivity>> ask, Func<Task> start, CancellationToken cancellationToken)
    {
        // The scheduler would ignore this start during an earlier run.
        var before = await WaitAsync(one => !one.IsRunning, run.TimeLimit + Patience, "An earlier run", "did not end in time").ConfigureAwait(false);
        await start().ConfigureAwait(false);
        // The state is updated late: only a new time of the last run means that this run has ended.
        await WaitAsync(one => one.IsRunning || HasRun(one, before), Patience, "The run", "was not started").ConfigureAwait(false);
        var after = await WaitAsync(one => !one.IsRunning && HasRun(one, before), run.TimeLimit + Patience, "The run", "did not end in time").ConfigureAwait(false);
        return after.LastResult switch
        {
            TaskErrors.FileNotFound or TaskErrors.PathNotFound => throw NoProgram(run),
            var result when IsOfScheduler(unchecked((uint)result)) => throw TaskErrors.ToError(result, $"The task of '{run.Name}' did not run to completion"),
            var result => result,
        };

        async Task<TaskActivity> WaitAsync(Func<TaskActivity, bool> isReached, TimeSpan patience, string subject, string problem)
        {
            var since = clock.GetTimestamp();
            while (true)
            {
                var activity = await ask().ConfigureAwait(false);
                if (isReached(activity))
                    return activity;
                if (clock.GetElapsedTime(since) >= patience)
                    throw Late(run, subject, problem);
                await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool HasRun(TaskActivity activity, TaskActivity before) =>
        !activity.LastRun.Equals(before.LastRun) && unchecked((uint)activity.LastResult) is not (NeverRan or Running or Queued);

    // A code of Windows or of the scheduler instead of an exit code: the program was not started, or was stopped.
    private static bool IsOfScheduler(uint result) => (result >> 16) is 0x8007 or 0x8004 || (result >> 8) == 0x000413;

    private static RenewalException NoProgram(ScheduledRun run) => new(
        ErrorId.SchedulerFailed, $"The task of '{run.Name}' cannot find the program '{run.Command.Program}'.", "Register it again from the pwsh that is to run it.");

    private static RenewalException Late(ScheduledRun run, string subject, string problem) => new(
        ErrorId.SchedulerFailed, $"{subject} of the task of '{run.Name}' {problem}.", "See the task's history in Task Scheduler, and the log of the renewal.");
}
