namespace StepCaRenew.Scheduling;

/// <summary>When a schedule starts its next run, computed as the schedulers do: from midnight, local time; Task Scheduler uses UTC.</summary>
internal static class ScheduleTimes
{
    /// <summary>The next start after a moment.</summary>
    /// <param name="kind">One of <see cref="SchedulerKind"/>.</param>
    /// <param name="now">The moment, local time.</param>
    /// <returns>Local time.</returns>
    public static DateTime NextAfter(ScheduledRun run, string kind, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(run);
        var time = kind == SchedulerKind.TaskScheduler ? now.UtcDateTime : now.LocalDateTime;
        // cron has no seconds.
        var phase = kind == SchedulerKind.Cron ? TimeSpan.FromMinutes(Math.Floor(run.Phase.TotalMinutes)) : run.Phase;
        var passed = time.TimeOfDay - phase;
        var turns = passed < TimeSpan.Zero ? 0 : Math.Floor(passed / run.Interval) + 1;
        var next = time.Date + phase + (run.Interval * turns);
        return kind == SchedulerKind.TaskScheduler ? next.ToLocalTime() : next;
    }
}
