namespace StepCaRenew.Integration.Scheduling;

/// <summary>Every alteration of an installed file or line of cron is reported, and corrected by a second registration.</summary>
public sealed class CronAlterationTests
{
    private const string Times = "7,22,37,52 * * * *";

    private static readonly Dictionary<string, (Action<FakeCron> Alter, string Named)> InFile = new()
    {
        ["times"] = (cron => cron.Edit(Times, "0 * * * *"), "the line is '0 * * * * root timeout"),
        ["command"] = (cron => cron.Edit("Invoke-StepRenewal", "Remove-Item"), "Remove-Item"),
        ["user"] = (cron => cron.Edit("* root ", "* nobody "), "* nobody timeout"),
        ["time limit"] = (cron => cron.Edit("timeout -k 30 3600 ", ""), "instead of"),
        ["line out"] = (cron => cron.Edit("\n7,22", "\n#7,22"), $"the line '{Times} root"),
        ["no start line"] = (cron => cron.Edit("@reboot", "#@reboot"), "the line '@reboot root sleep 83;"),
        ["second line"] = (cron => cron.Edit("\n7,22", "\n* * * * * root /bin/evil\n7,22"), "/bin/evil"),
        ["twice"] = (cron => File.WriteAllText(cron.Place, string.Concat(File.ReadAllLines(cron.Place).SelectMany(line => new[] { line, "\n", line.StartsWith("7,", StringComparison.Ordinal) ? line + "\n" : "" }))), "there twice"),
        ["path"] = (cron => cron.Edit("PATH=/usr/local/sbin:", "PATH=/tmp:"), "the line is 'PATH=/tmp:"),
        ["mail"] = (cron => cron.Edit("MAILTO=\"\"\n", ""), "the line 'MAILTO=\"\"' is missing"),
        ["shell"] = (cron => cron.Edit("SHELL=/bin/sh", "SHELL=/bin/evil"), "the line is 'SHELL=/bin/evil' instead of 'SHELL=/bin/sh'"),
        ["home"] = (cron => cron.Edit("MAILTO", "STEPCARENEW_HOME=/tmp\nMAILTO"), "the line 'STEPCARENEW_HOME=/tmp' should not be there"),
        ["mode"] = (cron => Mode(cron.Place), "the mode is 0664 instead of 0644"),
        ["cut short"] = (cron => File.WriteAllText(cron.Place, File.ReadAllText(cron.Place).TrimEnd('\n')), "the last line has no line end"),
    };

    private static readonly Dictionary<string, (Action<FakeCron> Alter, string Named)> InCrontab = new()
    {
        ["times"] = (cron => cron.Edit(Times, "0 * * * *"), "crontab: the line is '0 * * * * env"),
        ["command"] = (cron => cron.Edit("Import-Module", "Import-Modul"), "Import-Modul '"),
        ["environment"] = (cron => cron.Edit("POWERSHELL_UPDATECHECK=Off ", ""), "instead of"),
        ["output"] = (cron => cron.Edit(" >/dev/null 2>&1", ""), "instead of"),
        ["line out"] = (cron => cron.Edit("\n7,22", "\n#7,22"), $"the line '{Times} env"),
        ["no start line"] = (cron => cron.Edit("@reboot", "#@reboot"), "the line '@reboot sleep 83;"),
        ["begin lost"] = (cron => cron.Edit("# StepCaRenew: begin", "# begin"), "the comment '# StepCaRenew: begin"),
        ["end lost"] = (cron => cron.Edit("# StepCaRenew: end", "# end"), "the comment '# StepCaRenew: end"),
        ["second line"] = (cron => cron.Edit("\n7,22", "\n1 1 * * * pwsh -Command \"Invoke-StepRenewal -Name 'web-1.local'\"\n7,22"), "should not be there"),
        ["twice"] = (cron => File.AppendAllText(cron.Place, File.ReadAllText(cron.Place)), "there twice"),
    };

    public static TheoryData<RenewalScope, string> Names() => [.. InFile.Keys.Select(name => (RenewalScope.Machine, name)), .. InCrontab.Keys.Select(name => (RenewalScope.CurrentUser, name))];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Alteration_IsReported_AndCorrected(RenewalScope scope, string name)
    {
        using var cron = new FakeCron(scope);
        await cron.InstallAsync();
        var (alter, named) = (scope == RenewalScope.Machine ? InFile : InCrontab)[name];
        alter(cron);
        var found = await cron.FindAsync();
        Assert.True(found.Exists);
        Assert.Contains(found.Differences, difference => difference.Contains(named, StringComparison.Ordinal));
        Assert.True(await cron.InstallAsync());
        Assert.Empty((await cron.FindAsync()).Differences);
        Assert.False(await cron.InstallAsync());
    }

    [Theory]
    [InlineData(RenewalScope.Machine)]
    [InlineData(RenewalScope.CurrentUser)]
    public async Task DaemonThatDoesNotRun_IsReported(RenewalScope scope)
    {
        using var cron = new FakeCron(scope);
        await cron.InstallAsync();
        cron.SetProcess("77", "sshd");
        Assert.Contains("No cron daemon runs", Assert.Single((await cron.FindAsync()).Differences), StringComparison.Ordinal);
        Directory.Delete(cron.At("proc/1"), recursive: true);
        Assert.True((await cron.FindAsync()).IsHealthy, "Hidden processes say nothing.");
    }

    private static void Mode(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b110_110_100);
    }
}
