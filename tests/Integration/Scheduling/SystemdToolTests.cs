using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.Scheduling.Systemd;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>The rendered units, read by systemd's own tools, which need no running systemd.</summary>
public sealed partial class SystemdToolTests : IDisposable
{
    private static readonly string[] HostileWords =
        ["", " ", "a b", "$HOME", "${HOME}", "$$", "%n", "%%h", "\"", "'", "\\", "a\\", "\\x41", "\\n", ";", " ;", "-", "#", "=", "a\tb", "a\nb", "\u007f", "é", "\u201c", "😀", "@", "+", "!", "*", "~", "|", "&&", "$(id)", "`id`", "[Service]", "{a,b}"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("stepcarenew-units-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(RenewalScope.Machine, false, false)]
    [InlineData(RenewalScope.Machine, true, false)]
    [InlineData(RenewalScope.Machine, false, true)]
    [InlineData(RenewalScope.Machine, true, true)]
    [InlineData(RenewalScope.CurrentUser, false, true)]
    [InlineData(RenewalScope.CurrentUser, true, true)]
    public async Task Verify_FindsNothing(RenewalScope scope, bool runsPrograms, bool isHostile)
    {
        var run = Sample(scope) with { RunsPrograms = runsPrograms };
        if (isHostile)
        {
            const string Hostile = "a \"b\" 'c' \\d 100% $e é";
            Directory.CreateDirectory(At(Hostile));
            Directory.CreateDirectory(At("a 100% $e ${f} é"));
            var program = Programs.Write(At("a 100% $e ${f} é/pw sh"), "#!/bin/sh\n");
            run = run with { Command = new RunCommand(program, HostileWords), WritableFolders = [At(Hostile), "/etc/ssl"], Home = At(Hostile) };
        }

        var result = await VerifyAsync(run, ServiceUnit.Render(run), TimerUnit.Render(run));
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Text);
        Assert.Equal("", result.Errors);
    }

    [Theory]
    [InlineData("ProtectSystem=strict", "ProtectSystem=maybe")]
    [InlineData("Type=oneshot", "Type=oneshoot")]
    [InlineData("User=root", "User=ro ot")]
    [InlineData("After=network-online.target", "After=network-online.tar get")]
    [InlineData("ReadWritePaths=-/", "ReadWritePaths=-x/")]
    public async Task Verify_FindsErrors(string right, string wrong)
    {
        var run = Sample(RenewalScope.Machine);
        var result = await VerifyAsync(run, ServiceUnit.Render(run).Replace(right, wrong, StringComparison.Ordinal), TimerUnit.Render(run));
        Assert.NotEqual("", result.Errors);
    }

    [Fact]
    public async Task Capabilities_AreKnown()
    {
        var named = UnitFile.Parse(ServiceUnit.Render(Sample(RenewalScope.Machine))).Single(entry => entry.Key == "CapabilityBoundingSet").Value.Split(' ');
        var result = await RunAsync("systemd-analyze", ["capability", .. named]);
        Assert.All(named, capability => Assert.Contains(capability.ToUpperInvariant(), result.Text.ToUpperInvariant(), StringComparison.Ordinal));
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task ExitCodes_HaveNoNameInSystemd()
    {
        var result = await RunAsync("systemd-analyze", ["exit-status"]);
        var named = NamedStatus().Matches(result.Text).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToHashSet();
        Assert.Superset(new HashSet<int> { 2, 3, 4, 64, 78, 200 }, named);
        Assert.DoesNotContain(RunExitCode.ActionsFailed, named);
        Assert.DoesNotContain(RunExitCode.ConfigurationRefused, named);
    }

    [Fact]
    public async Task Calendar_StartsAtIntervalAndPhase()
    {
        const int Iterations = 100;
        var midnight = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        var times = ScheduleInterval.All.SelectMany(interval => Phases(interval).Select(phase => (Interval: interval, Phase: phase))).ToList();
        var result = await RunAsync("systemd-analyze", ["calendar", $"--iterations={Iterations}", "--base-time=2026-02-28 23:59:59 UTC", .. times.Select(one => OnCalendar.Render(one.Interval, one.Phase))]);
        Assert.Equal(0, result.ExitCode);
        var found = Elapse().Matches(result.Text).Select(match => DateTime.ParseExact(match.Groups[1].Value, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)).ToList();
        var expected = times.SelectMany(one => Enumerable.Range(0, Iterations).Select(run => midnight + one.Phase + (run * one.Interval))).ToList();
        Assert.Equal(39 * Iterations, expected.Count);
        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task Escape_IsThatOfSystemd()
    {
        const string First = "ABCXYZabcxyz0189";
        var random = new Random(4711);
        var names = Enumerable.Range(0, 200).Select(_ => new string([First[random.Next(First.Length)], .. random.GetItems<char>(First + "._-._-", random.Next(64))])).ToList();
        Assert.Contains(names, name => name.Contains('-', StringComparison.Ordinal) && name.Contains('.', StringComparison.Ordinal));
        var result = await RunAsync("systemd-escape", ["--", .. names]);
        Assert.Equal(result.Text.TrimEnd().Split(' '), names.Select(UnitName.Escape));
        Assert.All(names, name => Assert.Equal(name, UnitName.Unescape(UnitName.Escape(name))));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("a b")]
    [InlineData("100% $x ${y} é")]
    public async Task ExecStart_RunsTheExactCommand(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is of Linux.");
        Directory.CreateDirectory(At(name));
        var program = Programs.Write(At($"{name}/pwsh"), $"#!/bin/sh\nprintf '%s\\0' \"$@\" >'{At("argv")}'\n");
        List<string> wanted = [.. RunCommand.ForRenewal("/usr/bin/pwsh", "/opt/it's here/StepCaRenew.psd1", "web").Arguments, .. HostileWords];
        var run = Sample(RenewalScope.Machine) with { Command = new RunCommand(program, wanted) };
        var line = UnitFile.Parse(ServiceUnit.Render(run)).Single(entry => entry.Key == "ExecStart").Value;
        var words = SystemdWords.Parse(line);
        Assert.Equal(program, words[0]);
        using var process = Process.Start(new ProcessStartInfo(words[0], words[1..]))!;
        await process.WaitForExitAsync();
        var argv = await File.ReadAllTextAsync(At("argv"));
        Assert.Equal(wanted, argv.Split('\0').SkipLast(1));
    }

    private static IEnumerable<TimeSpan> Phases(TimeSpan interval) =>
        [TimeSpan.Zero, interval - TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(new Random((int)interval.TotalSeconds).Next((int)interval.TotalSeconds))];

    private string At(string name) => Path.Combine(folder.FullName, name);

    private ScheduledRun Sample(RenewalScope scope) => SampleRuns.Create("web-1.local", scope) with { Home = "/srv/our own" };

    private async Task<ToolResult> VerifyAsync(ScheduledRun run, string service, string timer)
    {
        var (servicePath, timerPath) = (At(UnitName.Service(run.Name)), At(UnitName.Timer(run.Name)));
        await File.WriteAllTextAsync(servicePath, service);
        await File.WriteAllTextAsync(timerPath, timer);
        string[] manager = run.Scope == RenewalScope.Machine ? [] : ["--user"];
        return await RunAsync("systemd-analyze", [.. manager, "verify", "--man=no", timerPath, servicePath]);
    }

    private async Task<ToolResult> RunAsync(string tool, string[] arguments)
    {
        Tool.Require(tool);
        var variables = new Dictionary<string, string> { ["TZ"] = "UTC", ["LC_ALL"] = "C.UTF-8", ["XDG_RUNTIME_DIR"] = folder.FullName, ["SYSTEMD_COLORS"] = "0" };
        return await new LinuxTool(tool, TimeProvider.System) { Variables = variables }.RunAsync(arguments, CancellationToken.None);
    }

    [GeneratedRegex(@"^\w+ +(\d+) +\w+\s*$", RegexOptions.Multiline)]
    private static partial Regex NamedStatus();

    [GeneratedRegex(@"(?:Next elapse|Iter\. #\d+): \w+ (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC")]
    private static partial Regex Elapse();
}
