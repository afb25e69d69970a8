using System.Xml.Linq;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Windows;
using static StepCaRenew.Unit.Scheduling.Windows.TaskSchemaTests;

namespace StepCaRenew.Unit.Scheduling.Windows;

public sealed class TaskDifferencesTests
{
    private static readonly (string Sentence, Action<XElement> Do)[] Alterations =
    [
        ("The task is disabled.", task => Setting(task, "Enabled", "false")),
        ("The time trigger is disabled.", task => Find(task, "TimeTrigger").SetElementValue(TaskSchema.Namespace + "Enabled", "0")),
        ("The boot trigger is disabled.", task => Find(task, "BootTrigger").SetElementValue(TaskSchema.Namespace + "Enabled", "false")),
        ("The time trigger is missing.", task => Find(task, "TimeTrigger").Remove()),
        ("The boot trigger is missing.", task => Find(task, "BootTrigger").Remove()),
        ("The interval is 30 minutes instead of 15 minutes.", task => Find(task, "Interval").Value = "PT30M"),
        ("The interval is 1 hour instead of 15 minutes.", task => Find(task, "Interval").Value = "PT60M"),
        ("The interval is not set instead of 15 minutes.", task => Find(task, "Repetition").Remove()),
        ("The repetition ends after 1d.", task => Find(task, "Interval").AddAfterSelf(New("Duration", "P1D"))),
        ("The phase is 8m instead of 7m 23s (start boundary 2020-01-01T00:08:00Z instead of 2020-01-01T00:07:23Z).", task => Find(task, "StartBoundary").Value = "2020-01-01T00:08:00Z"),
        ("The start boundary is 2099-01-01T00:07:23Z instead of 2020-01-01T00:07:23Z.", task => Find(task, "StartBoundary").Value = "2099-01-01T00:07:23Z"),
        ("The start boundary is 2020-01-01T00:07:23 instead of 2020-01-01T00:07:23Z.", task => Find(task, "StartBoundary").Value = "2020-01-01T00:07:23"),
        ("The start boundary is not set instead of 2020-01-01T00:07:23Z.", task => Find(task, "StartBoundary").Remove()),
        ("The time trigger ends at 2030-01-01T00:00:00Z.", task => Find(task, "StartBoundary").AddAfterSelf(New("EndBoundary", "2030-01-01T00:00:00Z"))),
        ("The delay of the boot trigger is 30m instead of 1m 23s.", task => Find(task, "Delay").Value = "PT30M"),
        ("The delay of the time trigger is 5m instead of 0s.", task => Find(task, "TimeTrigger").Add(New("RandomDelay", "PT5M"))),
        ("There is another trigger: CalendarTrigger.", task => Find(task, "Triggers").Add(New("CalendarTrigger", New("StartBoundary", "2020-01-01T00:00:00")))),
        ("There is another trigger: BootTrigger.", task => Find(task, "Triggers").Add(New("BootTrigger", ""))),
        (@"The task runs as 'CORP\mallory' instead of 'S-1-5-18'.", task => Find(task, "UserId").Value = @"CORP\mallory"),
        ("The task runs as 'S-1-5-32-545' instead of 'S-1-5-18'.", task => Find(task, "UserId").ReplaceWith(New("GroupId", "S-1-5-32-545"))),
        ("The run level is LeastPrivilege instead of HighestAvailable.", task => Find(task, "RunLevel").Remove()),
        (@"The program is 'C:\Temp\pwsh.exe' instead of 'C:\Program Files\PowerShell\7\pwsh.exe'.", task => Find(task, "Command").Value = @"C:\Temp\pwsh.exe"),
        ("The arguments are '-Command x' instead of", task => Find(task, "Arguments").Value = "-Command x"),
        ("The arguments are '' instead of", task => Find(task, "Arguments").Remove()),
        (@"The task starts in the folder 'C:\Temp', which registration did not set.", task => Find(task, "Exec").Add(New("WorkingDirectory", @"C:\Temp"))),
        ("There is another action: Exec evil.exe /x.", task => Find(task, "Actions").Add(New("Exec", new[] { New("Command", "evil.exe"), New("Arguments", "/x") }))),
        ("There is another action: ComHandler.", task => Find(task, "Actions").AddFirst(New("ComHandler", New("ClassId", "{0}")))),
        ("The task runs no program.", task => Find(task, "Exec").Remove()),
        ("A missed run is not started later (StartWhenAvailable).", task => Find(task, "StartWhenAvailable").Remove()),
        ("A start while the task runs is not ignored (MultipleInstancesPolicy is Parallel instead of IgnoreNew).", task => Setting(task, "MultipleInstancesPolicy", "Parallel")),
        ("The time limit of a run (ExecutionTimeLimit) is 3d instead of 1h.", task => Find(task, "ExecutionTimeLimit").Remove()),
        ("The time limit of a run (ExecutionTimeLimit) is none instead of 1h.", task => Setting(task, "ExecutionTimeLimit", "PT0S")),
        ("The task does not start on batteries (DisallowStartIfOnBatteries).", task => Find(task, "DisallowStartIfOnBatteries").Remove()),
        ("The task is stopped when the machine changes to battery power (StopIfGoingOnBatteries).", task => Setting(task, "StopIfGoingOnBatteries", "true")),
        ("The task runs only with a network (RunOnlyIfNetworkAvailable).", task => Setting(task, "RunOnlyIfNetworkAvailable", "true")),
        ("The task runs only while the machine is idle (RunOnlyIfIdle).", task => Setting(task, "RunOnlyIfIdle", "1")),
        ("The task cannot be started by hand (AllowStartOnDemand).", task => Setting(task, "AllowStartOnDemand", "false")),
        ("A run that takes too long cannot be stopped (AllowHardTerminate).", task => Setting(task, "AllowHardTerminate", "false")),
        ("Priority is 9 instead of 7.", task => Setting(task, "Priority", "9")),
        ("The task is restarted on failure (RestartOnFailure).", task => Find(task, "Settings").Add(New("RestartOnFailure", New("Interval", "PT1M")))),
        ("The task cannot be read:", task => Find(task, "Interval").Value = "soon"),
        ("The task cannot be read:", task => Find(task, "StartBoundary").Value = "soon"),
    ];

    public static TheoryData<int> Numbers { get; } = [.. Enumerable.Range(0, Alterations.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Between_OneAlteration_IsReportedAlone(int number)
    {
        var task = XElement.Parse(Samples.Xml(Samples.Machine));
        Alterations[number].Do(task);
        var difference = Assert.Single(Between(task.ToString(), Samples.Machine));
        Assert.StartsWith(Alterations[number].Sentence, difference, StringComparison.Ordinal);
        Assert.EndsWith(".", difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Between_SeveralAlterations_AreAllReported()
    {
        var task = XElement.Parse(Samples.Xml(Samples.Machine));
        Assert.All(Alterations.Take(3), one => one.Do(task));
        Assert.Equal(Alterations.Take(3).Select(one => one.Sentence).Order(), Between(task.ToString(), Samples.Machine).Order());
    }

    // Changes by the scheduler itself: defaults added or omitted, other forms of the same values.
    [Fact]
    public void Between_OtherFormsOfTheSameValues_AreEqual()
    {
        var task = XElement.Parse(Samples.Xml(Samples.Machine));
        foreach (var name in new[] { "MultipleInstancesPolicy", "AllowHardTerminate", "AllowStartOnDemand", "Hidden", "RunOnlyIfIdle", "WakeToRun", "Priority", "RunOnlyIfNetworkAvailable", "StopAtDurationEnd", "URI" })
            Find(task, name).Remove();
        foreach (var enabled in task.Descendants(TaskSchema.Namespace + "Enabled").ToList())
            enabled.Remove();
        Setting(task, "DisallowStartIfOnBatteries", "0");
        Setting(task, "ExecutionTimeLimit", "PT60M");
        Find(task, "Interval").Value = "PT900S";
        Find(task, "StartBoundary").Value = "2020-01-01T01:07:23+01:00";
        Find(task, "Delay").Value = "PT83S";
        Find(task, "Command").Value = "\"c:\\program files/powershell\\7\\PWSH.EXE\"";
        Find(task, "RegistrationInfo").AddFirst(New("Date", "2026-01-01T00:00:00"));
        Find(task, "Settings").Add(New("IdleSettings", New("StopOnIdleEnd", "true")));
        Find(task, "UserId").Value = "NT AUTHORITY\\SYSTEM";
        Assert.Empty(TaskDifferences.Between(task.ToString(), Samples.Xml(Samples.Machine), account => account.EndsWith("SYSTEM", StringComparison.Ordinal) ? "S-1-5-18" : account));
    }

    [Theory]
    [InlineData("S-1-5-21-1-2-3-1001", true)]
    [InlineData("alice", true)]
    [InlineData(@"corp\ALICE", true)]
    [InlineData(@"OTHER\alice", false)]
    [InlineData("bob", false)]
    [InlineData("S-1-5-21-1-2-3-1002", false)]
    public void Between_NameAndSidOfAnAccount_AreEqual(string found, bool isSame)
    {
        var task = XElement.Parse(Samples.Xml(Samples.Own));
        foreach (var user in task.Descendants(TaskSchema.Namespace + "UserId"))
            user.Value = found;
        string[] expected = isSame ? [] : [$"The task runs as '{found}' instead of '{Samples.User}'.", $"The logon trigger waits for '{found}' instead of '{Samples.User}'."];
        Assert.Equal(expected, Between(task.ToString(), Samples.Own));
    }

    [Fact]
    public void Between_LogonTriggerOfAnyUser_AndOtherLogonType_AreReported()
    {
        var task = XElement.Parse(Samples.Xml(Samples.Own));
        Find(Find(task, "LogonTrigger"), "UserId").Remove();
        Find(task, "LogonType").Value = "S4U";
        Assert.Equal(
            ["The account is logged on by S4U instead of InteractiveToken.", $"The logon trigger waits for 'anybody' instead of '{Samples.User}'."], Between(task.ToString(), Samples.Own));
    }

    [Fact]
    public void Between_NotXml_SaysThatTheTaskCannotBeRead() => Assert.StartsWith("The task cannot be read", Assert.Single(Between("<Task", Samples.Machine)), StringComparison.Ordinal);

    private static IReadOnlyList<string> Between(string found, ScheduledRun run) =>
        TaskDifferences.Between(found, Samples.Xml(run), account => account == Samples.User ? "S-1-5-21-1-2-3-1001" : account.StartsWith("S-1-", StringComparison.Ordinal) ? account : null);

    private static void Setting(XElement task, string name, string value) => Find(task, "Settings").SetElementValue(TaskSchema.Namespace + name, value);
}
