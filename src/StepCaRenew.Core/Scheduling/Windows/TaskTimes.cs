using System.Xml;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>The times of a task, which depend on the phase.</summary>
internal static class TaskTimes
{
    // A midnight before any registration: every interval divides a day, so the time of day is the phase.
    private static readonly DateTime Epoch = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // At boot within two minutes, spread by the phase.
    private static readonly TimeSpan BootWindow = TimeSpan.FromMinutes(2);

    /// <summary>
    /// When the first interval starts, in UTC: a local time would move by an hour when daylight saving begins or ends.
    /// </summary>
    public static DateTime StartBoundary(ScheduledRun run) => Epoch + run.Phase;

    /// <summary>How long after the boot or the logon the first run starts.</summary>
    public static TimeSpan Delay(ScheduledRun run) => TimeSpan.FromTicks(run.Phase.Ticks % BootWindow.Ticks);

    /// <summary>A time in the format of the schema.</summary>
    public static string Text(DateTime time) => XmlConvert.ToString(time, XmlDateTimeSerializationMode.Utc);

    /// <summary>A duration in the format of the schema.</summary>
    public static string Text(TimeSpan duration) => XmlConvert.ToString(duration);
}
