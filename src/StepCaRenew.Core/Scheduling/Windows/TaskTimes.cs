using System.Xml;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>The times of a task that the phase decides.</summary>
internal static class TaskTimes
{
    // Before any registration, and a midnight: every interval divides a day, so that the time of day is the phase.
    private static readonly DateTime Epoch = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // At boot within two minutes; the remainder of the phase spreads machines that start together.
    private static readonly TimeSpan BootWindow = TimeSpan.FromMinutes(2);

    /// <summary>
    /// When the first interval starts. In UTC: a local time would move by an hour when daylight saving begins or ends, and
    /// with an interval of several hours a run would be left out or the phase would wander.
    /// </summary>
    public static DateTime StartBoundary(ScheduledRun run) => Epoch + run.Phase;

    /// <summary>How long after the boot, or the logon, the first run waits.</summary>
    public static TimeSpan Delay(ScheduledRun run) => TimeSpan.FromTicks(run.Phase.Ticks % BootWindow.Ticks);

    /// <summary>A point in time as the schema has it.</summary>
    public static string Text(DateTime time) => XmlConvert.ToString(time, XmlDateTimeSerializationMode.Utc);

    /// <summary>A duration as the schema has it.</summary>
    public static string Text(TimeSpan duration) => XmlConvert.ToString(duration);
}
