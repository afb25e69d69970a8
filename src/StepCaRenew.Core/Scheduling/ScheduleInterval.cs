namespace StepCaRenew.Scheduling;

/// <summary>How often a scheduled run comes: intervals that every scheduler can keep, cron too.</summary>
public static class ScheduleInterval
{
    private const int RunsPerLifetime = 96;

    /// <summary>All of them, the shortest first; each divides an hour, or a day.</summary>
    public static IReadOnlyList<TimeSpan> All { get; } =
    [
        .. new[] { 1, 2, 3, 5, 10, 15, 30 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
        .. new[] { 1, 2, 3, 4, 6, 12 }.Select(hours => TimeSpan.FromHours(hours)),
    ];

    /// <summary>The largest that is not above a 96th of the lifetime: 15 minutes for 24 hours.</summary>
    /// <param name="lifetime">The certificate's whole validity.</param>
    /// <returns>Null where even a run every minute would be too seldom.</returns>
    public static TimeSpan? For(TimeSpan lifetime) => All.Cast<TimeSpan?>().LastOrDefault(interval => interval <= lifetime / RunsPerLifetime);
}
