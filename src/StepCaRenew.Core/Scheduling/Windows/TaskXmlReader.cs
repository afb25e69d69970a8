using System.Xml;
using System.Xml.Linq;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>
/// Reads the XML of a task from the scheduler, which adds or omits defaults, and writes accounts as names or SIDs.
/// </summary>
internal static class TaskXmlReader
{
    // The settings that decide whether and how it runs, with the defaults of the schema.
    private static readonly Dictionary<string, string> Defaults = new()
    {
        ["Enabled"] = "true",
        ["MultipleInstancesPolicy"] = "IgnoreNew",
        ["DisallowStartIfOnBatteries"] = "true",
        ["StopIfGoingOnBatteries"] = "true",
        ["StartWhenAvailable"] = "false",
        ["RunOnlyIfNetworkAvailable"] = "false",
        ["RunOnlyIfIdle"] = "false",
        ["AllowStartOnDemand"] = "true",
        ["AllowHardTerminate"] = "true",
        ["ExecutionTimeLimit"] = "P3D",
        ["Priority"] = "7",
    };

    /// <summary>Reads it.</summary>
    /// <exception cref="XmlException">The text is not XML.</exception>
    /// <exception cref="FormatException">A value is not of its type.</exception>
    public static TaskDescription Read(string xml)
    {
        var task = XElement.Parse(xml);
        var principal = Child(Child(task, "Principals"), "Principal");
        var settings = Child(task, "Settings");
        return new TaskDescription
        {
            Principal = Text(principal, "UserId") ?? Text(principal, "GroupId") ?? "",
            Logon = Text(principal, "LogonType"),
            RunLevel = Text(principal, "RunLevel") ?? "LeastPrivilege",
            Triggers = [.. Children(task, "Triggers").Select(Trigger)],
            Actions = [.. Children(task, "Actions").Select(Action)],
            Settings = Defaults.ToDictionary(one => one.Key, one => Normal(one.Key, Text(settings, one.Key) ?? one.Value)),
            IsRestarted = Child(settings, "RestartOnFailure") is not null,
        };
    }

    private static TaskTrigger Trigger(XElement trigger)
    {
        var repetition = Child(trigger, "Repetition");
        return new TaskTrigger(
            trigger.Name.LocalName,
            XmlConvert.ToBoolean(Text(trigger, "Enabled") ?? "true"),
            Text(trigger, "StartBoundary"),
            Text(trigger, "EndBoundary"),
            Span(repetition, "Interval"),
            Span(repetition, "Duration"),
            (Span(trigger, "Delay") ?? TimeSpan.Zero) + (Span(trigger, "RandomDelay") ?? TimeSpan.Zero),
            Text(trigger, "UserId"));
    }

    private static TaskAction Action(XElement action) => new(
        action.Name.LocalName, Text(action, "Command") ?? "", Raw(action, "Arguments"), Text(action, "WorkingDirectory") ?? "");

    private static string Normal(string name, string value) => name switch
    {
        "MultipleInstancesPolicy" => value,
        "ExecutionTimeLimit" => XmlConvert.ToString(XmlConvert.ToTimeSpan(value)),
        "Priority" => XmlConvert.ToString(XmlConvert.ToSByte(value)),
        _ => XmlConvert.ToString(XmlConvert.ToBoolean(value)),
    };

    private static TimeSpan? Span(XElement? parent, string name) => Text(parent, name) is { } text ? XmlConvert.ToTimeSpan(text) : null;

    private static string? Text(XElement? parent, string name) => Child(parent, name)?.Value.Trim() is { Length: > 0 } text ? text : null;

    // White space in arguments is kept.
    private static string Raw(XElement parent, string name) => Child(parent, name)?.Value ?? "";

    private static XElement? Child(XElement? parent, string name) => parent?.Element(TaskXml.Namespace + name);

    private static IEnumerable<XElement> Children(XElement task, string name) => Child(task, name)?.Elements() ?? [];
}
