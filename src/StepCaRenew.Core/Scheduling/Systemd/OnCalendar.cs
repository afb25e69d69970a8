using System.Globalization;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Interval and phase as a calendar event of systemd.time(7).</summary>
internal static class OnCalendar
{
    public static string Render(TimeSpan interval, TimeSpan phase)
    {
        var (hours, minutes) = (Repeat(phase.Hours, interval.TotalHours), Repeat(phase.Minutes, interval.TotalMinutes));
        return interval < TimeSpan.FromHours(1)
            ? string.Create(CultureInfo.InvariantCulture, $"*:{minutes}:{phase.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{hours}:{phase.Minutes:00}:{phase.Seconds:00}");
    }

    // "07/15" begins at 7 and ends with the hour, or the day, which every interval divides.
    private static string Repeat(int first, double every) =>
        every <= 1 ? "*" : string.Create(CultureInfo.InvariantCulture, $"{first:00}/{every:0}");
}
