using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>
/// A run as XML of Task Scheduler 1.2 (MS-TSCH section 2.5). Defaults are written too, so that a task does not depend on
/// those of a version of Windows.
/// </summary>
internal static class TaskXml
{
    /// <summary>The namespace of the schema.</summary>
    public static readonly XNamespace Namespace = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    private const string PrincipalId = "Author";

    // A midnight before any registration: every interval divides a day, so the time of day is the phase.
    private static readonly DateTime Epoch = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Without a declaration: the scheduler gets UTF-16, a file UTF-8, and a declaration would be wrong for one of them.
    private static readonly XmlWriterSettings Format = new()
    {
        OmitXmlDeclaration = true,
        Indent = true,
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>Renders a run.</summary>
    /// <param name="path">The path of the task.</param>
    /// <exception cref="RenewalException">The account, a path or an argument cannot be used in a task.</exception>
    public static string Render(ScheduledRun run, TaskPath path)
    {
        var identity = TaskIdentity.ForRun(run);
        var task = Element(
            "Task",
            new XAttribute("version", "1.2"),
            Element("RegistrationInfo", Element("Author", "StepCaRenew"), Element("Description", RequirePlain(run.Description)), Element("URI", RequirePlain(path.Full))),
            Element("Triggers", Clock(run), Start(run, identity)),
            Element("Principals", Principal(identity)),
            Settings(run),
            Element("Actions", new XAttribute("Context", PrincipalId), Exec(TaskCommand.ForRun(run))));
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, Format))
            task.Save(writer);
        return text.Append('\n').ToString();
    }

    /// <summary>Refuses text that XML cannot hold or that Task Scheduler would expand.</summary>
    /// <exception cref="RenewalException">The text cannot be used in a task (<see cref="ErrorId.ModulePathInvalid"/>).</exception>
    internal static string RequirePlain(string text)
    {
        try
        {
            XmlConvert.VerifyXmlChars(text);
        }
        catch (XmlException e)
        {
            throw Refuse($"it has a character that XML does not allow: {e.Message}", e);
        }

        if (text.Contains('%', StringComparison.Ordinal) || text.Contains("$(", StringComparison.Ordinal))
            throw Refuse("Task Scheduler would expand '%' or '$('", null);
        return text;

        RenewalException Refuse(string why, Exception? inner) => new(
            ErrorId.ModulePathInvalid, $"'{text}' cannot be used in a task: {why}.", "Use paths without such characters.", inner);
    }

    /// <summary>
    /// When the first interval starts, in UTC: a local time would move by an hour when daylight saving begins or ends.
    /// </summary>
    internal static DateTime StartBoundary(ScheduledRun run) => Epoch + run.Phase;

    // The boundary has the phase; without a Duration it repeats for ever.
    private static XElement Clock(ScheduledRun run) => Element(
        "TimeTrigger",
        Element("Enabled", "true"),
        Element("StartBoundary", XmlConvert.ToString(StartBoundary(run), XmlDateTimeSerializationMode.Utc)),
        Element("Repetition", Element("Interval", XmlConvert.ToString(run.Interval)), Element("StopAtDurationEnd", "false")));

    // Only administrators can register a boot trigger.
    private static XElement Start(ScheduledRun run, TaskIdentity identity) => run.Scope == RenewalScope.Machine
        ? Element("BootTrigger", Element("Enabled", "true"), Element("Delay", XmlConvert.ToString(run.StartDelay)))
        : Element("LogonTrigger", Element("Enabled", "true"), Element("UserId", RequirePlain(identity.UserId)), Element("Delay", XmlConvert.ToString(run.StartDelay)));

    private static XElement Principal(TaskIdentity identity) => Element(
        "Principal",
        new XAttribute("id", PrincipalId),
        Element("UserId", RequirePlain(identity.UserId)),
        identity.Logon == TaskLogon.ServiceAccount ? null : Element("LogonType", identity.Logon.ToString()),
        Element("RunLevel", identity.IsElevated ? "HighestAvailable" : "LeastPrivilege"));

    // No RestartOnFailure: it does not react to exit codes. No network condition: a run without a network reports that it
    // cannot reach the CA, and can still run pending actions.
    private static XElement Settings(ScheduledRun run) => Element(
        "Settings",
        Element("MultipleInstancesPolicy", "IgnoreNew"),
        Element("DisallowStartIfOnBatteries", "false"),
        Element("StopIfGoingOnBatteries", "false"),
        Element("AllowHardTerminate", "true"),
        Element("StartWhenAvailable", "true"),
        Element("RunOnlyIfNetworkAvailable", "false"),
        Element("AllowStartOnDemand", "true"),
        Element("Enabled", "true"),
        Element("Hidden", "false"),
        Element("RunOnlyIfIdle", "false"),
        Element("WakeToRun", "false"),
        Element("ExecutionTimeLimit", XmlConvert.ToString(run.TimeLimit)),
        Element("Priority", "7"));

    private static XElement Exec(TaskCommand command) => Element("Exec", Element("Command", command.Program), Element("Arguments", command.Arguments));

    private static XElement Element(string name, params object?[] content) => new(Namespace + name, content);
}
