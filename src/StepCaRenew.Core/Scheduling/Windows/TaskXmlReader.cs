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

    /// <summary>Reads the XML of a task.</summary>
    /// <exception cref="XmlException">The text is not XML.</exception>
    /// <exception cref="FormatException">A value has the wrong type, such as text for a duration.</exception>
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

    /// <summary>When a task runs, as <c>PT15M from 2020-01-01T00:07:23Z, BootTrigger PT1M23S</c>; null if the XML cannot be read.</summary>
    public static string? Summary(string xml)
    {
        try
        {
            return string.Join(", ", Read(xml).Triggers.Select(Summary));
        }
        catch (Exception e) when (e is XmlException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static string Summary(TaskTrigger trigger) => trigger.Interval is { } interval
        ? $"{XmlConvert.ToString(interval)} from {trigger.Start}"
        : $"{trigger.Kind} {XmlConvert.ToString(trigger.Delay)}";

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

/// <summary>The content of the XML of a task, with the defaults of the schema for what is left out.</summary>
internal sealed record TaskDescription
{
    /// <summary>The name or SID of the account or group.</summary>
    public required string Principal { get; init; }

    /// <summary>How the account is logged on; null if the XML does not say, as for SYSTEM.</summary>
    public required string? Logon { get; init; }

    /// <summary>The run level.</summary>
    public required string RunLevel { get; init; }

    /// <summary>The triggers.</summary>
    public required IReadOnlyList<TaskTrigger> Triggers { get; init; }

    /// <summary>The actions.</summary>
    public required IReadOnlyList<TaskAction> Actions { get; init; }

    /// <summary>The settings that decide whether and how it runs, by name.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Whether the task is restarted on failure.</summary>
    public required bool IsRestarted { get; init; }
}

/// <summary>A trigger of a task.</summary>
/// <param name="Kind">The name of its element.</param>
/// <param name="IsEnabled">Whether it is enabled.</param>
/// <param name="Start">The start boundary.</param>
/// <param name="End">The end boundary.</param>
/// <param name="Interval">How often it repeats.</param>
/// <param name="Duration">How long it repeats; null for ever.</param>
/// <param name="Delay">The delay, with the longest random delay.</param>
/// <param name="User">The user whose logon starts it.</param>
internal sealed record TaskTrigger(string Kind, bool IsEnabled, string? Start, string? End, TimeSpan? Interval, TimeSpan? Duration, TimeSpan Delay, string? User);

/// <summary>An action of a task.</summary>
/// <param name="Kind">The name of its element.</param>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Folder">The folder that it starts in.</param>
internal sealed record TaskAction(string Kind, string Program, string Arguments, string Folder);
