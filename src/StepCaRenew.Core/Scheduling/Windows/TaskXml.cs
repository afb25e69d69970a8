using System.Text;
using System.Xml;
using System.Xml.Linq;
using StepCaRenew.Renewals;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>
/// A run as XML of Task Scheduler 1.2 (MS-TSCH section 2.5). All that decides is written out, defaults too, so that a task
/// does not depend on what a version of Windows takes for the default.
/// </summary>
internal static class TaskXml
{
    /// <summary>The namespace of the schema.</summary>
    public static readonly XNamespace Namespace = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    private const string PrincipalId = "Author";

    // Without a declaration: the text goes to the scheduler in UTF-16 and to a file in UTF-8, and one would be wrong.
    private static readonly XmlWriterSettings Format = new()
    {
        OmitXmlDeclaration = true,
        Indent = true,
        NewLineChars = "\n",
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>Renders a run.</summary>
    /// <param name="run">What to run.</param>
    /// <param name="path">Where it is to lie.</param>
    /// <exception cref="RenewalException">The account, a path or an argument can't stand in a task.</exception>
    public static string Render(ScheduledRun run, TaskPath path)
    {
        var identity = TaskIdentity.ForRun(run);
        var task = Element(
            "Task",
            new XAttribute("version", "1.2"),
            Element("RegistrationInfo", Element("Author", "StepCaRenew"), Element("Description", TaskText.RequirePlain(run.Description)), Element("URI", TaskText.RequirePlain(path.Full))),
            Element("Triggers", Clock(run), Start(run, identity)),
            Element("Principals", Principal(identity)),
            Settings(run),
            Element("Actions", new XAttribute("Context", PrincipalId), Exec(TaskCommand.ForRun(run))));
        var text = new StringBuilder();
        using (var writer = XmlWriter.Create(text, Format))
            task.Save(writer);
        return text.Append('\n').ToString();
    }

    // The phase is in the boundary; no Duration is without end.
    private static XElement Clock(ScheduledRun run) => Element(
        "TimeTrigger",
        Element("Enabled", "true"),
        Element("StartBoundary", TaskTimes.Text(TaskTimes.StartBoundary(run))),
        Element("Repetition", Element("Interval", TaskTimes.Text(run.Interval)), Element("StopAtDurationEnd", "false")));

    // Only administrators may register a trigger at boot.
    private static XElement Start(ScheduledRun run, TaskIdentity identity) => run.Scope == RenewalScope.Machine
        ? Element("BootTrigger", Element("Enabled", "true"), Element("Delay", TaskTimes.Text(TaskTimes.Delay(run))))
        : Element("LogonTrigger", Element("Enabled", "true"), Element("UserId", TaskText.RequirePlain(identity.UserId)), Element("Delay", TaskTimes.Text(TaskTimes.Delay(run))));

    private static XElement Principal(TaskIdentity identity) => Element(
        "Principal",
        new XAttribute("id", PrincipalId),
        Element("UserId", TaskText.RequirePlain(identity.UserId)),
        identity.Logon == TaskLogon.ServiceAccount ? null : Element("LogonType", identity.Logon.ToString()),
        Element("RunLevel", identity.IsElevated ? "HighestAvailable" : "LeastPrivilege"));

    // No RestartOnFailure: it does not react to exit codes. No network condition: a run that can't reach the CA says so,
    // and may have an action of an earlier one to do.
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
        Element("ExecutionTimeLimit", TaskTimes.Text(run.TimeLimit)),
        Element("Priority", "7"));

    private static XElement Exec(TaskCommand command) => Element("Exec", Element("Command", command.Program), Element("Arguments", command.Arguments));

    private static XElement Element(string name, params object?[] content) => new(Namespace + name, content);
}
