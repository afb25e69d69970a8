using StepCaRenew.Policy;

namespace StepCaRenew.Scheduling;

/// <summary>How often a scheduled run starts: the intervals that every scheduler supports, cron included.</summary>
internal static class ScheduleInterval
{
    /// <summary>How many runs there are, at least, within the lifetime of a certificate.</summary>
    public const int RunsPerLifetime = 96;

    /// <summary>All intervals, the shortest first; each divides an hour or a day.</summary>
    public static IReadOnlyList<TimeSpan> All { get; } =
    [
        .. new[] { 1, 2, 3, 5, 10, 15, 30 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
        .. new[] { 1, 2, 3, 4, 6, 12 }.Select(hours => TimeSpan.FromHours(hours)),
    ];

    /// <summary>The longest interval that is at most a 96th of the lifetime: 15 minutes for 24 hours.</summary>
    /// <param name="lifetime">The whole validity of the certificate.</param>
    /// <returns>Null if even a run every minute would not be often enough.</returns>
    public static TimeSpan? For(TimeSpan lifetime) => All.Cast<TimeSpan?>().LastOrDefault(interval => interval <= lifetime / RunsPerLifetime);

    /// <summary>Reads an interval.</summary>
    /// <param name="text">A duration, such as <c>15m</c>.</param>
    /// <exception cref="RenewalException">The text is not a duration, or not one of the intervals (<see cref="ErrorId.IntervalInvalid"/>).</exception>
    public static TimeSpan Parse(string text) =>
        Duration.ParsePositive(text) is var interval && All.Contains(interval) ? interval : throw new RenewalException(
            ErrorId.IntervalInvalid, $"'{text}' is not an interval that every scheduler supports.", $"Give one of {string.Join(", ", All.Select(Format))}.");

    /// <summary>Writes an interval as <see cref="Parse"/> reads it: <c>15m</c>, <c>2h</c>.</summary>
    /// <param name="interval">One of <see cref="All"/>.</param>
    public static string Format(TimeSpan interval) => interval < TimeSpan.FromHours(1) ? $"{interval.Minutes}m" : $"{(int)interval.TotalHours}h";
}
