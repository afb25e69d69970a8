using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Cron;

namespace StepCaRenew.Unit.Scheduling.Cron;

public sealed class CronTests
{
    [Theory]
    [InlineData("00:01:00", "00:00:23", "* * * * *")]
    [InlineData("00:10:00", "00:09:00", "9,19,29,39,49,59 * * * *")]
    [InlineData("00:15:00", "00:07:23", "7,22,37,52 * * * *")]
    [InlineData("00:30:00", "00:00:59", "0,30 * * * *")]
    [InlineData("01:00:00", "00:07:23", "7 * * * *")]
    [InlineData("02:00:00", "01:07:00", "7 1,3,5,7,9,11,13,15,17,19,21,23 * * *")]
    [InlineData("12:00:00", "11:59:59", "59 11,23 * * *")]
    public void Render_Phase_IsInTheTimes(string interval, string phase, string expected) =>
        Assert.Equal(expected, CronCommand.Times(TimeSpan.Parse(interval), TimeSpan.Parse(phase)));

    [Theory]
    [MemberData(nameof(SampleRun.Times), MemberType = typeof(SampleRun))]
    public void Render_EachInterval_HasItsTimes(TimeSpan interval, TimeSpan phase)
    {
        var fields = CronCommand.Times(interval, phase).Split(' ');
        Assert.Equal(["*", "*", "*"], fields[2..]);
        var day = Enumerable.Range(0, 24 * 60).Where(minute => Has(fields[0], minute % 60) && Has(fields[1], minute / 60));
        var expected = Enumerable.Range(0, (int)(TimeSpan.FromDays(1) / interval)).Select(one => (int)((one * interval) + phase).TotalMinutes);
        Assert.Equal(expected, day);
    }

    [Theory]
    [InlineData("web", "stepcarenew-web")]
    [InlineData("Web-1.local", "stepcarenew-Web-1_2elocal")]
    [InlineData("a_2eb", "stepcarenew-a_5f2eb")]
    public void FileName_AnyName_HasNoDot_AndIsUnique(string name, string expected)
    {
        Assert.Equal(expected, CronFolderPlace.FileNameOf(name));
        Assert.Matches("^[A-Za-z0-9_-]+$", CronFolderPlace.FileNameOf(name));
    }

    [Fact]
    public void Render_Machine_IsTheExpectedFile()
    {
        Assert.Equal(
            """
            # StepCaRenew: the renewal 'web.local'. Register-StepRenewalTask wrote this file, and overwrites what is changed in it.
            SHELL=/bin/sh
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
            MAILTO=""
            STEPCARENEW_HOME="/srv/our own"
            POWERSHELL_TELEMETRY_OPTOUT=1
            POWERSHELL_UPDATECHECK=Off
            7,22,37,52 * * * * web timeout -k 30 3600 /usr/bin/pwsh -NoProfile -NonInteractive -Command 'Import-Module '\''StepCaRenew'\''; Invoke-StepRenewal -Name '\''web.local'\'' -Scheduled'
            @reboot web sleep 83; timeout -k 30 3600 /usr/bin/pwsh -NoProfile -NonInteractive -Command 'Import-Module '\''StepCaRenew'\''; Invoke-StepRenewal -Name '\''web.local'\'' -Scheduled'

            """,
            CronFile.Render(SampleRun.Create() with { Home = "/srv/our own", Account = new TaskAccount.User("web") }));
    }

    [Fact]
    public void Render_User_SetsTheEnvironmentInTheLine()
    {
        var block = new CrontabBlock("web.local").Render(SampleRun.Create(RenewalScope.CurrentUser) with { Home = "/home/a b" });
        Assert.Equal(4, block.Length);
        Assert.StartsWith("7,22,37,52 * * * * env 'STEPCARENEW_HOME=/home/a b' POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off timeout -k 30 3600 /usr/bin/pwsh ", block[1], StringComparison.Ordinal);
        Assert.EndsWith(" >/dev/null 2>&1 # StepCaRenew 'web.local'", block[1], StringComparison.Ordinal);
        Assert.StartsWith("@reboot sleep 83; env ", block[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a\nb")]
    [InlineData("/a'b\"c")]
    public void Render_HomeThatCronCannotHold_IsRefused(string home) =>
        Expect.Failure(ErrorId.ModulePathInvalid, () => CronFile.Render(SampleRun.Create() with { Home = home }));

    [Fact]
    public void Render_PercentSign_IsEscaped() => Assert.Equal("date +\\%s", CronCommand.Escape("date +%s"));

    private static bool Has(string field, int value) => field == "*" || field.Split(',').Contains(value.ToString());
}

public sealed class CronVariablesTests
{
    [Fact]
    public void Parse_LinesOfACrontab_ReturnsTheVariables()
    {
        var variables = CronVariables.Parse(["# X=comment", "SHELL=/bin/sh", " XDG_CONFIG_HOME = \"/srv/our own\" ", "'A'='b'", "*/5 * * * * Y=1 command", "7 * * * * root Z=1", "Q=\""]);
        Assert.Equal(new Dictionary<string, string> { ["SHELL"] = "/bin/sh", ["XDG_CONFIG_HOME"] = "/srv/our own", ["A"] = "b", ["Q"] = "\"" }, variables);
    }
}
