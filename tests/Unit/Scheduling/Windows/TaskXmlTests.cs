using System.Globalization;
using System.Security;
using System.Xml.Linq;
using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Unit.Scheduling.Windows;

public sealed class TaskXmlTests
{
    [Fact]
    public void Render_RandomRuns_MatchTheSchema_AndKeepTheArguments()
    {
        var random = new RandomRuns(RandomRuns.Seed);
        for (var number = 0; number < 200; number++)
        {
            var run = random.Run();
            var xml = Samples.Xml(run);
            var faults = TaskSchema.Faults(xml);
            Assert.True(faults.Count == 0, $"{RandomRuns.Replay(number)}: {string.Join(' ', faults)}\n{xml}");

            var exec = XElement.Parse(xml, LoadOptions.PreserveWhitespace).Descendants(TaskSchema.Namespace + "Exec").Single();
            Assert.Equal(run.Command.Program, exec.Element(TaskSchema.Namespace + "Command")!.Value);
            var arguments = CommandLineParser.Parse(exec.Element(TaskSchema.Namespace + "Arguments")!.Value);
            string[] expected = run.Home is null ? [.. run.Command.Arguments] : [.. run.Command.Arguments.SkipLast(1), arguments[^1]];
            Assert.True(expected.SequenceEqual(arguments), $"{RandomRuns.Replay(number)}\n{xml}");
            if (run.Home is not null)
                Assert.Equal($"$env:STEPCARENEW_HOME = {RunCommand.Quote(run.Home)}; {run.Command.Arguments[^1]}", arguments[^1]);
            // A rendered task does not differ from itself.
            Assert.Empty(TaskDifferences.Between(xml, xml, _ => null));
        }
    }

    [Fact]
    public void Render_Machine_IsTheExpectedXml()
    {
        const string expected = """
            <Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
              <RegistrationInfo>
                <Author>StepCaRenew</Author>
                <Description>Renews the certificate of 'web' when it is due (StepCaRenew).</Description>
                <URI>\StepCaRenew\web</URI>
              </RegistrationInfo>
              <Triggers>
                <TimeTrigger>
                  <Enabled>true</Enabled>
                  <StartBoundary>2020-01-01T00:07:23Z</StartBoundary>
                  <Repetition>
                    <Interval>PT15M</Interval>
                    <StopAtDurationEnd>false</StopAtDurationEnd>
                  </Repetition>
                </TimeTrigger>
                <BootTrigger>
                  <Enabled>true</Enabled>
                  <Delay>PT1M23S</Delay>
                </BootTrigger>
              </Triggers>
              <Principals>
                <Principal id="Author">
                  <UserId>S-1-5-18</UserId>
                  <RunLevel>HighestAvailable</RunLevel>
                </Principal>
              </Principals>
              <Settings>
                <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
                <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
                <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
                <AllowHardTerminate>true</AllowHardTerminate>
                <StartWhenAvailable>true</StartWhenAvailable>
                <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
                <AllowStartOnDemand>true</AllowStartOnDemand>
                <Enabled>true</Enabled>
                <Hidden>false</Hidden>
                <RunOnlyIfIdle>false</RunOnlyIfIdle>
                <WakeToRun>false</WakeToRun>
                <ExecutionTimeLimit>PT1H</ExecutionTimeLimit>
                <Priority>7</Priority>
              </Settings>
              <Actions Context="Author">
                <Exec>
                  <Command>C:\Program Files\PowerShell\7\pwsh.exe</Command>
                  <Arguments>-NoProfile -NonInteractive -Command "Import-Module 'StepCaRenew'; Invoke-StepRenewal -Name 'web' -Scheduled"</Arguments>
                </Exec>
              </Actions>
            </Task>

            """;
        CultureInfo.CurrentCulture = ForeignCulture.Instance;
        Assert.Equal(expected.ReplaceLineEndings("\n"), Samples.Xml(Samples.Machine));
    }

    [Fact]
    public void Render_User_StartsAtLogon_AndNeedsNoAdministrator()
    {
        var task = XElement.Parse(Samples.Xml(Samples.Own));
        Assert.Equal(["TimeTrigger", "LogonTrigger"], task.Element(TaskSchema.Namespace + "Triggers")!.Elements().Select(one => one.Name.LocalName));
        Assert.Equal(Samples.User, Value(task, "LogonTrigger", "UserId"));
        Assert.Equal(Samples.User, Value(task, "Principal", "UserId"));
        Assert.Equal("InteractiveToken", Value(task, "Principal", "LogonType"));
        Assert.Equal("LeastPrivilege", Value(task, "Principal", "RunLevel"));
        Assert.Equal(@"\StepCaRenew-web (CORP+alice)", Value(task, "RegistrationInfo", "URI"));
    }

    [Fact]
    public void Render_Account_HasTheLogonType_AndNoPassword()
    {
        using var password = Password("hunter2");
        (TaskAccount Account, string Logon)[] accounts =
        [
            (new TaskAccount.ManagedServiceAccount(@"CORP\web$"), "Password"),
            (new TaskAccount.User(@"CORP\web"), "S4U"),
            (new TaskAccount.User(@"CORP\web", password), "Password"),
        ];
        Assert.All(accounts, one =>
        {
            var xml = Samples.Xml(Samples.Machine with { Account = one.Account });
            Assert.Equal(one.Logon, Value(XElement.Parse(xml), "Principal", "LogonType"));
            Assert.DoesNotContain("hunter2", xml, StringComparison.Ordinal);
            Assert.Empty(TaskSchema.Faults(xml));
        });
    }

    // Not as data of a theory: half a character would not outlive the way into the metadata.
    [Fact]
    public void Render_TextThatATaskCannotHold_IsRefused()
    {
        string[] texts = ["a\u0001b", "a\0b", "a\ud83db", "\udd11", "a\uffffb", "%TEMP%", "$(Arg0)"];
        Assert.All(texts, text =>
        {
            Expect.Failure(ErrorId.ModulePathInvalid, () => Samples.Xml(Samples.Machine with { Command = new RunCommand($@"C:\{text}\pwsh.exe", ["-Command", "x"]) }));
            Expect.Failure(ErrorId.ModulePathInvalid, () => Samples.Xml(Samples.Machine with { Command = new RunCommand("pwsh", [text]) }));
            Expect.Failure(ErrorId.ModulePathInvalid, () => Samples.Xml(Samples.Machine with { Home = text }));
        });
    }

    [Theory]
    [InlineData(260, 10, true)]
    [InlineData(261, 10, false)]
    [InlineData(10, 32_700, true)]
    [InlineData(10, 32_760, false)]
    [InlineData(0, 10, false)]
    public void Render_TooLongCommand_IsRefused(int program, int arguments, bool isGood)
    {
        var run = Samples.Machine with { Command = new RunCommand(new string('p', program), [new string('a', arguments)]) };
        if (isGood)
            Assert.NotEmpty(Samples.Xml(run));
        else
            Expect.Failure(ErrorId.ModulePathInvalid, () => Samples.Xml(run));
    }

    [Fact]
    public void Render_AccountOfAnotherScope_IsRefused()
    {
        TaskAccount[] accounts = [new TaskAccount.ManagedServiceAccount(@"CORP\web"), new TaskAccount.ManagedServiceAccount("web$"), new TaskAccount.User(" "), new TaskAccount.Self(@"CORP\alice")];
        Assert.All(accounts, account => Expect.Failure(ErrorId.AccountInvalid, () => Samples.Xml(Samples.Machine with { Account = account })));
        Expect.Failure(ErrorId.AccountInvalid, () => Samples.Xml(Samples.Machine with { Scope = RenewalScope.CurrentUser }));
    }

    [Fact]
    public void Render_AnyPhase_IsInTheStartBoundary_WithABootDelayUnderTwoMinutes()
    {
        foreach (var interval in ScheduleInterval.All)
        {
            foreach (var phase in new[] { TimeSpan.Zero, interval / 3, interval - TimeSpan.FromSeconds(1) })
            {
                var run = Samples.Machine with { Interval = interval, Phase = phase };
                Assert.Equal(phase, TaskXml.StartBoundary(run).TimeOfDay);
                Assert.Equal(DateTimeKind.Utc, TaskXml.StartBoundary(run).Kind);
                Assert.InRange(run.StartDelay, TimeSpan.Zero, TimeSpan.FromSeconds(119));
            }
        }
    }

    internal static SecureString Password(string text)
    {
        var password = new SecureString();
        foreach (var one in text)
            password.AppendChar(one);
        return password;
    }

    private static string Value(XElement task, string parent, string child) =>
        task.Descendants(TaskSchema.Namespace + parent).Single().Element(TaskSchema.Namespace + child)!.Value;
}
