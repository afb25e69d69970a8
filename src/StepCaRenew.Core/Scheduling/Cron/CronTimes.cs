using System.Globalization;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>Interval and phase as the first five fields of a line of cron, which has no seconds.</summary>
internal static class CronTimes
{
    public static string Render(TimeSpan interval, TimeSpan phase) => interval < TimeSpan.FromHours(1)
        ? $"{List(phase.Minutes, (int)interval.TotalMinutes, 60)} * * * *"
        : $"{phase.Minutes} {List(phase.Hours, (int)interval.TotalHours, 24)} * * *";

    // Lists, not steps: not every cron knows a step with a first minute.
    private static string List(int first, int every, int end) => every == 1
        ? "*"
        : string.Join(',', Enumerable.Range(0, end / every).Select(one => (first + (one * every)).ToString(CultureInfo.InvariantCulture)));
}
