using System.Globalization;

namespace StepCaRenew.Text;

/// <summary>
/// Times in messages, always by the Gregorian calendar: a date of the user's calendar would look wrong and could not be
/// compared with the output of openssl or with a log. No other code formats a time for a message.
/// </summary>
internal static class MessageTime
{
    /// <summary>Local time to the second: <c>2026-11-28 14:05:00</c>; empty if there is none.</summary>
    public static string Local(DateTimeOffset? time) => time?.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? string.Empty;

    /// <inheritdoc cref="Local(DateTimeOffset?)"/>
    public static string Local(DateTime? time) => time?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? string.Empty;

    /// <summary>Local time with its offset from UTC: <c>2026-11-28 14:05:00 +01:00</c>.</summary>
    public static string LocalWithOffset(DateTimeOffset time) => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
}
