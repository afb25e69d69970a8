using System.Xml;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>When a task runs, in the notation of the scheduler.</summary>
internal static class TaskSummary
{
    /// <summary>As <c>PT15M from 2020-01-01T00:07:23Z, BootTrigger PT1M23S</c>; null if the XML cannot be read.</summary>
    public static string? Describe(string xml)
    {
        try
        {
            return string.Join(", ", TaskXmlReader.Read(xml).Triggers.Select(Describe));
        }
        catch (Exception e) when (e is XmlException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static string Describe(TaskTrigger trigger) => trigger.Interval is { } interval
        ? $"{TaskTimes.Text(interval)} from {trigger.Start}"
        : $"{trigger.Kind} {TaskTimes.Text(trigger.Delay)}";
}
