using StepCaRenew.Policy;

namespace StepCaRenew.Scheduling;

/// <summary>How often a scheduled run comes: intervals that every scheduler can keep, cron too.</summary>
public static class ScheduleInterval
{
    /// <summary>How often a schedule looks within one lifetime, at least.</summary>
    public const int RunsPerLifetime = 96;

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

    /// <summary>Reads an interval.</summary>
    /// <param name="text">A duration, such as <c>15m</c>.</param>
    /// <exception cref="RenewalException">It is no duration, or none of the intervals (<see cref="ErrorId.IntervalInvalid"/>).</exception>
    public static TimeSpan Parse(string text) =>
        Duration.ParsePositive(text) is var interval && All.Contains(interval) ? interval : throw new RenewalException(
            ErrorId.IntervalInvalid, $"'{text}' is no interval that every scheduler keeps.", $"Give one of {string.Join(", ", All.Select(Format))}.");

    /// <summary>Writes an interval as <see cref="Parse"/> reads it: <c>15m</c>, <c>2h</c>.</summary>
    /// <param name="interval">One of <see cref="All"/>.</param>
    public static string Format(TimeSpan interval) => interval < TimeSpan.FromHours(1) ? $"{interval.Minutes}m" : $"{(int)interval.TotalHours}h";
}
