using System.Globalization;

namespace StepCaRenew.Ca.Signing;

/// <summary>
/// The beginning or the end of the validity that is requested: a duration or a date. The CA uses up a token before it looks at
/// the validity, so that it is checked here first.
/// </summary>
/// <param name="Text">The text for the CA: a duration of Go, which has no days, or a time in RFC 3339.</param>
/// <param name="Duration">The duration; null for a date.</param>
/// <param name="Date">The date; null for a duration.</param>
internal sealed record RequestedTime(string Text, TimeSpan? Duration, DateTimeOffset? Date)
{
    // Go's durations are nanoseconds in 64 bits.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(292 * 365);

    private static readonly string[] Formats =
    [
        // K is a zone, or nothing.
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK",
        "MM/dd/yyyy HH:mm:ss", // PowerShell writes a DateTime in this form, in every culture.
    ];

    /// <summary>Reads a duration (<c>90m</c>, <c>2d</c>) or a date (<c>2026-12-24</c>, <c>2026-12-24T18:00:00Z</c>; without a zone, in local time).</summary>
    /// <exception cref="RenewalException">It is neither (<see cref="ErrorId.InvalidDuration"/>).</exception>
    public static RequestedTime Parse(string text, TimeProvider clock)
    {
        var trimmed = text.Trim();
        if (TryParseDate(trimmed, clock) is { } date)
            return new RequestedTime(date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), null, date);
        try
        {
            var duration = Policy.Duration.Parse(trimmed);
            return duration.Duration() < Longest ? new RequestedTime(ToGo(duration), duration, null) : throw Invalid($"'{text}' is too long");
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.InvalidDuration && trimmed.Contains('-', StringComparison.Ordinal) && char.IsAsciiDigit(trimmed[0]))
        {
            throw Invalid($"'{text}' is neither a date nor a duration");
        }
    }

    /// <summary>Requires that a validity begins before it ends, and has not ended already.</summary>
    /// <exception cref="RenewalException">It does not (<see cref="ErrorId.InvalidDuration"/>).</exception>
    public static void RequireOrder(RequestedTime? notBefore, RequestedTime? notAfter, DateTimeOffset now)
    {
        var begin = notBefore?.From(now) ?? now;
        // A duration counts from the beginning.
        if (notAfter?.From(begin) is not { } end)
            return;
        if (end <= now)
            throw Invalid($"The requested validity ends on {end:u}, which is in the past");
        if (end <= begin)
            throw Invalid($"The requested validity ends on {end:u}, before it begins on {begin:u}");
    }

    /// <summary>The moment that is meant, if durations count from <paramref name="start"/>.</summary>
    /// <exception cref="RenewalException">It is out of range (<see cref="ErrorId.InvalidDuration"/>).</exception>
    public DateTimeOffset From(DateTimeOffset start)
    {
        try
        {
            return Date ?? start + Duration!.Value;
        }
        catch (ArgumentOutOfRangeException)
        {
            throw Invalid($"'{Text}' is too long");
        }
    }

    // Days become hours: step-ca refuses 1d.
    private static string ToGo(TimeSpan duration)
    {
        var (sign, ticks) = (duration < TimeSpan.Zero ? "-" : string.Empty, Math.Abs(duration.Ticks));
        var (hours, rest) = Math.DivRem(ticks, TimeSpan.TicksPerHour);
        var (minutes, last) = Math.DivRem(rest, TimeSpan.TicksPerMinute);
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{hours}h{minutes}m{last / (decimal)TimeSpan.TicksPerSecond:0.#######}s");
    }

    private static DateTimeOffset? TryParseDate(string text, TimeProvider clock)
    {
        if (!DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time))
            return null;
        if (time.Kind == DateTimeKind.Utc)
            return new DateTimeOffset(time);
        // An hour that summer time leaves out does not exist.
        var zone = clock.LocalTimeZone;
        return zone.IsInvalidTime(time) ? throw Invalid($"'{text}' does not exist in local time") : new DateTimeOffset(time, zone.GetUtcOffset(time));
    }

    private static RenewalException Invalid(string message) => new(
        ErrorId.InvalidDuration, $"{message}.", "Give a duration such as 12h or 30d, or a date such as 2026-12-24 or 2026-12-24T18:00:00Z.");
}
