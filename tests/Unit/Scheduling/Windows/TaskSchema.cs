using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;

namespace StepCaRenew.Unit.Scheduling.Windows;

/// <summary>Says what is wrong with a task's XML: by task-1.2.xsd, and by what MS-TSCH says in words only.</summary>
internal static partial class TaskSchema
{
    public static readonly XNamespace Namespace = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    private static readonly string[] Services = ["S-1-5-18", "S-1-5-19", "S-1-5-20"];

    private static readonly XmlSchemaSet Schemas = Load();

    public static IReadOnlyList<string> Faults(string xml)
    {
        XDocument task;
        try
        {
            task = XDocument.Parse(xml, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException e)
        {
            return [e.Message];
        }

        var faults = new List<string>();
        // A root of another namespace is a warning to .NET, and no task to Windows.
        if (task.Root!.Name != Namespace + "Task")
            faults.Add($"The root is {task.Root.Name}.");
        task.Validate(Schemas, (_, fault) => faults.Add(fault.Message));
        return faults.Count > 0 ? faults : [.. Words(task.Root)];
    }

    // Section by section, what the schema can't say.
    private static IEnumerable<string> Words(XElement task)
    {
        foreach (var trigger in task.Descendants(Namespace + "TimeTrigger").Where(trigger => trigger.Element(Namespace + "StartBoundary") is null))
            yield return "2.5.3.1: a time trigger without a start boundary.";
        foreach (var boundary in All(task, "StartBoundary", "EndBoundary").Where(one => !Boundary().IsMatch(one.Value)))
            yield return $"2.5.1.1: {boundary.Value} is not of the form YYYY-MM-DDTHH:MM:SS with Z or an offset.";
        foreach (var duration in All(task, "Interval", "Duration", "Delay", "RandomDelay", "ExecutionTimeLimit", "WaitTimeout").Where(one => !Duration().IsMatch(one.Value)))
            yield return $"2.5.1.1: {duration.Value} is not of the form PnDTnHnMnS.";
        foreach (var repetition in All(task, "Repetition").Where(one => Span(one, "Duration") < Span(one, "Interval")))
            yield return $"2.5.3.1: {repetition.Value} repeats for less than one interval.";
        foreach (var user in All(task, "UserId").Where(one => !Account().IsMatch(one.Value)))
            yield return $"2.5.6: {user.Value} is neither a SID nor an account.";
        foreach (var principal in All(task, "Principal"))
        {
            var (user, group, logon) = (principal.Element(Namespace + "UserId")?.Value, principal.Element(Namespace + "GroupId")?.Value, principal.Element(Namespace + "LogonType"));
            if ((user is null) == (group is null))
                yield return "2.5.6: a principal is a user or a group.";
            if (user is not null && Services.Contains(user) == (logon is not null))
                yield return $"2.5.6: {user} with the logon type {logon?.Value ?? "(none)"}.";
        }

        foreach (var line in All(task, "Arguments").Where(one => one.Value.Length > 32_000))
            yield return $"CreateProcess: a command line of {line.Value.Length} characters.";
    }

    private static IEnumerable<XElement> All(XElement task, params string[] names) => task.Descendants().Where(one => names.Contains(one.Name.LocalName));

    private static TimeSpan? Span(XElement parent, string name) => parent.Element(Namespace + name) is { } one ? XmlConvert.ToTimeSpan(one.Value) : null;

    private static XmlSchemaSet Load()
    {
        var schemas = new XmlSchemaSet();
        schemas.Add(Namespace.NamespaceName, Path.Combine(AppContext.BaseDirectory, "TestData", "TaskScheduler", "task-1.2.xsd"));
        schemas.Compile();
        return schemas;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?$")]
    private static partial Regex Boundary();

    [GeneratedRegex(@"^P(?!$)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$")]
    private static partial Regex Duration();

    // What Windows forbids in names of accounts: [MS-SAMR] section 3.1.1.6.
    [GeneratedRegex(@"^(S-1-\d{1,13}(-\d{1,10}){1,15}|([^""/\\\[\]:;|=,+*?<>\x00-\x1f]{1,255}\\)?[^""/\\\[\]:;|=,+*?<>\x00-\x1f]{1,255})$")]
    private static partial Regex Account();
}
