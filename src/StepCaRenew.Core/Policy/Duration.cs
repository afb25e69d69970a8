using System.Globalization;
using System.Text.RegularExpressions;

namespace StepCaRenew.Policy;

/// <summary>Durations as users write and read them: Go's form (<c>1h30m</c>) with <c>d</c> for days, or a TimeSpan.</summary>
internal static partial class Duration
{
    /// <summary>The longest timeout: a day. A timer of .NET takes at most seven weeks, and a run must end long before.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>Reads a duration such as <c>90s</c>, <c>1h30m</c>, <c>2d12h</c>, <c>1.5h</c> or <c>08:00:00</c>.</summary>
    /// <exception cref="RenewalException">The text is not a duration, or has no unit (<see cref="ErrorId.InvalidDuration"/>).</exception>
    public static TimeSpan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        if (GoForm().IsMatch(trimmed + "s") && !char.IsAsciiLetter(trimmed[^1]))
            throw Invalid($"'{text}' has no unit; write {trimmed}s for seconds");
        var match = GoForm().Match(trimmed);
        if (!match.Success)
        {
            if (!trimmed.Contains(':', StringComparison.Ordinal) || !TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out var span))
                throw Invalid($"'{text}' is not a duration");
            // .NET reads the 36 of 36:00:00 as days.
            return span.Duration() < TimeSpan.FromDays(1) || NamesDays(trimmed) ? span : throw Invalid($"'{text}' has hours above 23; write it like 36h or 1.12:00:00 (1 day, 12 hours)");
        }

        var ticks = 0m;
        try
        {
            for (var part = 0; part < match.Groups["number"].Captures.Count; part++)
                ticks += decimal.Parse(match.Groups["number"].Captures[part].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
                    * TicksOf(match.Groups["unit"].Captures[part].Value);
            var sign = match.Groups["sign"].Value == "-" ? -1 : 1;
            return TimeSpan.FromTicks(decimal.ToInt64(ticks) * sign);
        }
        catch (OverflowException)
        {
            throw Invalid($"'{text}' is too long");
        }
    }

    /// <summary>Reads a duration that is greater than zero.</summary>
    /// <exception cref="RenewalException">The text is not a duration, or is zero or less (<see cref="ErrorId.InvalidDuration"/>).</exception>
    public static TimeSpan ParsePositive(string text) =>
        Parse(text) is var duration && duration > TimeSpan.Zero ? duration : throw Invalid($"'{text}' is not greater than zero");

    /// <summary>Reads a duration of zero or more.</summary>
    /// <exception cref="RenewalException">The text is not a duration, or is less than zero (<see cref="ErrorId.InvalidDuration"/>).</exception>
    public static TimeSpan ParseNotNegative(string text) =>
        Parse(text) is var duration && duration >= TimeSpan.Zero ? duration : throw Invalid($"'{text}' is less than zero");

    /// <summary>Reads a timeout: greater than zero, and at most <see cref="LongestTimeout"/>.</summary>
    /// <exception cref="RenewalException">The text is not such a duration (<see cref="ErrorId.InvalidDuration"/>).</exception>
    public static TimeSpan ParseTimeout(string text) => Bounded(text, ParsePositive(text));

    /// <summary>Reads the longest time to wait: zero for not at all, and at most <see cref="LongestTimeout"/>.</summary>
    /// <exception cref="RenewalException">The text is not such a duration (<see cref="ErrorId.InvalidDuration"/>).</exception>
    public static TimeSpan ParseLongestWait(string text) => Bounded(text, ParseNotNegative(text));

    /// <summary>Writes a duration with its two greatest units: <c>14h 22m</c>, <c>2d 3h</c>, <c>45s</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        var sign = duration < TimeSpan.Zero ? "-" : string.Empty;
        // The negative of the smallest value is out of range.
        var d = duration == TimeSpan.MinValue ? TimeSpan.MaxValue : duration.Duration();
        var text = d.Days > 0 ? Two(d.Days, "d", d.Hours, "h")
            : d.Hours > 0 ? Two(d.Hours, "h", d.Minutes, "m")
            : d.Minutes > 0 ? Two(d.Minutes, "m", d.Seconds, "s")
            : d.Seconds > 0 ? $"{d.Seconds}s"
            : string.Empty;
        return text.Length > 0 ? sign + text : d > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"{sign}{d.TotalMilliseconds:0.###}ms") : "0s";
    }

    /// <summary>Writes a duration exactly, as <see cref="Parse"/> reads it back: <c>1h30m</c>, <c>0s</c>, <c>1.5ms</c>.</summary>
    /// <param name="duration">Zero or more.</param>
    public static string Render(TimeSpan duration)
    {
        (int Value, string Unit)[] units = [(duration.Days, "d"), (duration.Hours, "h"), (duration.Minutes, "m"), (duration.Seconds, "s")];
        var text = string.Concat(units.Where(unit => unit.Value > 0).Select(unit => $"{unit.Value}{unit.Unit}"));
        var rest = duration.Ticks % TimeSpan.TicksPerSecond;
        return rest > 0 ? text + (rest / (decimal)TimeSpan.TicksPerMillisecond).ToString(CultureInfo.InvariantCulture) + "ms" : text.Length > 0 ? text : "0s";
    }

    private static string Two(int value, string unit, int rest, string restUnit) => rest > 0 ? $"{value}{unit} {rest}{restUnit}" : $"{value}{unit}";

    private static TimeSpan Bounded(string text, TimeSpan duration) => duration <= LongestTimeout ? duration : throw new RenewalException(
        ErrorId.InvalidDuration, $"'{text}' is too long for one run.", $"Give at most {LongestTimeout.TotalHours:0}h.");

    private static bool NamesDays(string span) => span.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot
        ? dot < span.IndexOf(':', StringComparison.Ordinal)
        : span.Count(one => one == ':') > 2;

    private static decimal TicksOf(string unit) => unit switch
    {
        "ns" => 0.01m,
        "us" or "\u00b5s" or "\u03bcs" => TimeSpan.TicksPerMicrosecond,
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        _ => TimeSpan.TicksPerDay,
    };

    private static RenewalException Invalid(string message) => new(
        ErrorId.InvalidDuration, $"{message}.", "Write a number with a unit, such as 60s, 90m, 1h30m or 2d, or give a TimeSpan.");

    // Go's micro sign is U+00B5 or U+03BC.
    [GeneratedRegex("^(?<sign>[-+]?)(?:(?<number>[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?<unit>ns|us|\u00b5s|\u03bcs|ms|s|m|h|d))+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GoForm();
}
