using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using StepCaRenew.DevCa.Api;

namespace StepCaRenew.DevCa.Authority;

/// <summary>Times and durations as Go reads and writes them.</summary>
internal static partial class GoTime
{
    /// <summary>A field with a time (RFC 3339) or a duration from a base; null if it is missing or empty.</summary>
    public static DateTimeOffset? Read(JsonObject body, string name, DateTimeOffset from)
    {
        if (JsonBody.Text(body, name) is not { Length: > 0 } text)
            return null;
        if (char.IsDigit(text[0]) && text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time))
            return time;
        return Duration(text) is { } duration ? from + duration : throw ApiError.BadRequest("error decoding json");
    }

    /// <summary>1000h1m0s, 59m0s, 1.5s.</summary>
    public static string Format(TimeSpan time)
    {
        var seconds = (time.Ticks % TimeSpan.TicksPerMinute / (double)TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture) + "s";
        var hours = (long)time.TotalHours;
        if (hours > 0)
            return $"{hours}h{time.Minutes}m{seconds}";
        return time.Minutes > 0 ? $"{time.Minutes}m{seconds}" : seconds;
    }

    /// <summary>1h30m, 300ms, -5s; null if the text is not a duration.</summary>
    public static TimeSpan? Duration(string text)
    {
        if (!Whole().IsMatch(text))
            return null;
        var seconds = Part().Matches(text).Sum(match =>
            double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * Seconds(match.Groups[2].Value));
        return TimeSpan.FromSeconds(text[0] == '-' ? -seconds : seconds);
    }

    private static double Seconds(string unit) => unit switch { "h" => 3600, "m" => 60, "s" => 1, "ms" => 1e-3, "ns" => 1e-9, _ => 1e-6 };

    [GeneratedRegex(@"^[-+]?(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)")]
    private static partial Regex Part();
}
