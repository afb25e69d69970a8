using System.Diagnostics;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Processes;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.FollowUps.Actions;

/// <summary>Programs that actions run, by /bin/sh, so on Unix.</summary>
public sealed class CommandActionTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly CollectingLogger log = new();

    public CommandActionTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these tests are those of Unix.");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_AnyArguments_ReachTheProgramUnchanged()
    {
        string[] arguments = ["two  spaces", "\"quoted\"", "$HOME", "*", "a\\b", "", "line\nfeed", "ü"];
        await RunAsync(new CommandAction("sh", ["-c", "printf '[%s]' \"$@\" > out", "sh", .. arguments]));
        Assert.Equal(string.Concat(arguments.Select(one => $"[{one}]")), File.ReadAllText(folder.At("out")));
    }

    [Fact]
    public async Task Run_Variables_AreSetAndNullRemovesOne()
    {
        await RunAsync(new CommandAction("sh", ["-c", "echo \"$SET ${UNSET-none}\" > out"]), new Dictionary<string, string?> { ["SET"] = "value", ["UNSET"] = null });
        Assert.Equal("value none\n", File.ReadAllText(folder.At("out")));
    }

    [Fact]
    public async Task Run_ProgramThatReadsStandardInput_GetsEndOfFile()
    {
        await RunAsync(new CommandAction("cat", []));
        Assert.Contains(log.Events, one => one.Id == 163);
    }

    [Fact]
    public async Task Run_ExitCodeNotZero_FailsWithTheLastLine()
    {
        var error = await FailureAsync(new CommandAction("sh", ["-c", "echo the reason >&2; echo first; exit 7", "secret-argument"]));
        Assert.Equal("web was renewed, but its action 'sh' failed with exit code 7: the reason", error.Message);
        Assert.DoesNotContain("secret-argument", log.Text, StringComparison.Ordinal);
        Assert.Contains("first", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LongOutput_KeepsOnlyItsEnd()
    {
        await RunAsync(new CommandAction("sh", ["-c", "yes flood 2>&- | head -c 5000000; echo the end"]));
        var output = Assert.Single(log.Events, one => one.Id == 163).Message;
        Assert.InRange(output.Length, OutputTail.Capacity, OutputTail.Capacity + 200);
        Assert.EndsWith("the end", output, StringComparison.Ordinal);
        Assert.Contains("bytes were left out", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Timeout_EndsTheProgramAndItsChildren()
    {
        var start = Stopwatch.GetTimestamp();
        var error = await FailureAsync(
            new CommandAction("sh", ["-c", "sh -c 'echo $$ > grandchild; exec sleep 600' & echo $$ > child; sleep 600"]), TimeSpan.FromSeconds(1.5));
        Assert.Contains("did not end within 1.5 s", error.Message, StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1, 20);
        foreach (var name in new[] { "child", "grandchild" })
            Assert.True(await HasEndedAsync(int.Parse(File.ReadAllText(folder.At(name)))), name);
    }

    [LinuxFact]
    public async Task Run_Timeout_EndsOrphansButNotDaemons()
    {
        await FailureAsync(
            new CommandAction("sh", ["-c", "(sleep 302 & echo $! > orphan); (setsid sh -c 'echo $$ > daemon; exec sleep 303' &); sleep 600"]), TimeSpan.FromSeconds(1.5));
        Assert.True(await HasEndedAsync(int.Parse(File.ReadAllText(folder.At("orphan")))));
        using var daemon = Process.GetProcessById(int.Parse(File.ReadAllText(folder.At("daemon"))));
        Assert.Equal("sleep", daemon.ProcessName);
        daemon.Kill();
    }

    [Fact]
    public void RequireRunnable_ArgumentWithNul_IsInvalid()
    {
        var action = new CommandAction("sh", ["-c", "exit 1\0 || true"]);
        Assert.Equal(ErrorId.ActionInvalid, Assert.Throws<RenewalException>(() => action.RequireRunnable(new ActionHost())).ErrorId);
    }

    [Fact]
    public async Task Run_DaemonThatKeepsTheOutputOpen_IsNotWaitedFor()
    {
        var start = Stopwatch.GetTimestamp();
        await RunAsync(new CommandAction("sh", ["-c", "sleep 60 & echo $! > daemon; echo started"]));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
        var daemon = int.Parse(File.ReadAllText(folder.At("daemon")));
        Assert.True(Directory.Exists($"/proc/{daemon}") || !OperatingSystem.IsLinux());
        Process.GetProcessById(daemon).Kill();
    }

    [Fact]
    public async Task Run_Cancelled_EndsTheProgram()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var action = new CommandAction("sh", ["-c", "echo $$ > child; sleep 600"]);
        var start = Stopwatch.GetTimestamp();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => action.RunAsync(Context([], TimeSpan.FromMinutes(5)), stop.Token));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
        Assert.True(await HasEndedAsync(int.Parse(File.ReadAllText(folder.At("child")))));
    }

    [Theory]
    [InlineData("no-such-program-of-ours")]
    [InlineData("/etc/passwd")]
    [InlineData("/tmp")]
    [InlineData("/no/such/program")]
    public void RequireRunnable_NotAProgram_IsInvalid(string program) =>
        Assert.Equal(ErrorId.ActionInvalid, Assert.Throws<RenewalException>(() => new CommandAction(program, []).RequireRunnable(new ActionHost())).ErrorId);

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    [Fact]
    public async Task Run_ProgramWithoutFormat_FailsToStart()
    {
        var program = folder.Write("broken", [0, 1, 2, 3]);
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        Assert.Contains("cannot be started", (await FailureAsync(new CommandAction(program, []))).Message, StringComparison.Ordinal);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    [Theory]
    [InlineData("#!/bin/sh\r\nexit 0\r\n", "Windows line ends (CRLF)", "sed -i")]
    [InlineData("#!/usr/bin/env sh\r\nexit 0\r\n", "Windows line ends (CRLF)", "sed -i")]
    [InlineData("exit 0\n", "without an interpreter line", "#!/bin/sh")]
    [InlineData(" #!/bin/sh\nexit 0\n", "without an interpreter line", "#!/bin/sh")]
    [InlineData("#!/no/such/shell -e\nexit 0\n", "'/no/such/shell'", "first line")]
    [InlineData("#!\nexit 0\n", "interpreter ''", "first line")]
    public async Task RequireRunnable_BadFirstLine_IsInvalidAndRunFailsWithTheReason(string text, string problem, string remedy)
    {
        var program = Script(text);
        var error = Assert.Throws<RenewalException>(() => new CommandAction(program, []).RequireRunnable(new ActionHost()));
        Assert.Equal(ErrorId.ActionInvalid, error.ErrorId);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        Assert.Contains(problem, (await FailureAsync(new CommandAction(program, []))).Message, StringComparison.Ordinal);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    [Theory]
    [InlineData("#!/bin/sh\nexit 0\n")]
    [InlineData("#! /bin/sh -e\nexit 0\n")]
    [InlineData("#!/bin/sh")]
    public async Task Run_GoodFirstLine_Succeeds(string text)
    {
        var action = new CommandAction(Script(text), []);
        action.RequireRunnable(new ActionHost());
        await RunAsync(action);
    }

    [Theory]
    [InlineData("sh -c true", "-FilePath sh -ArgumentList")]
    [InlineData("/bin/sh -c true", "-FilePath /bin/sh -ArgumentList")]
    [InlineData("/present/folder/sh /x/reload.sh", "-FilePath sh -ArgumentList")]
    [InlineData("sh my-secret", "-FilePath sh -ArgumentList")]
    public void RequireRunnable_WholeCommandLine_IsInvalidWithARemedy(string program, string remedy)
    {
        var error = Assert.Throws<RenewalException>(() => new CommandAction(program, []).RequireRunnable(new ActionHost()));
        Assert.Equal(ErrorId.ActionInvalid, error.ErrorId);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("my-secret", error.Message + error.Remedy, StringComparison.Ordinal);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private string Script(string text)
    {
        var program = folder.Write("hook", text);
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        return program;
    }

    // A zombie has ended, even if its parent has not collected it yet.
    private static async Task<bool> HasEndedAsync(int process)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                if (File.ReadAllText($"/proc/{process}/stat").Split(' ')[2] == "Z")
                    return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return true;
            }

            await Task.Delay(50);
        }

        return false;
    }

    private ActionContext Context(Dictionary<string, string?> variables, TimeSpan timeout) =>
        new(new ActionHost { WorkingDirectory = folder.Path, Timeout = timeout }, [], variables, log, TimeProvider.System, new NoRecord(), IsRetry: false);

    private Task RunAsync(ActionDefinition action, Dictionary<string, string?>? variables = null) =>
        action.RunAsync(Context(variables ?? [], TimeSpan.FromMinutes(1)), CancellationToken.None);

    // Through the runner, which applies the timeout.
    private async Task<RenewalException> FailureAsync(ActionDefinition action, TimeSpan? timeout = null)
    {
        TestAuthority.Default.Issue(new LeafSpec { SerialNumber = [0x0B] }).WriteTo(folder, "web");
        var paths = new PairPaths(folder.At("web.crt"), folder.At("web.key"));
        File.WriteAllBytes(paths.Pending, new FollowUpRecord("0A", default).Render());
        using var folders = new OpenFolders();
        using var runner = new FollowUpRunner(TimeProvider.System);
        var place = new FileRecord(paths, new Volume(folders), folders, new StoreServices(TimeProvider.System, log), new PemPairForm(null));
        using var followUps = new PairFollowUps(runner, place, new PairLocation(paths.Certificate, paths.Key), [action], served: null, TimeSpan.Zero, log);
        using (var pair = new PemSnapshot(CertificatePair.Load(paths.Certificate, paths.Key, null)))
            followUps.Load(pair);
        var errors = await runner.RunAsync([(followUps, new RenewalResult { Name = "web" })], Context([], timeout ?? TimeSpan.FromMinutes(1)).Host, log, CancellationToken.None);
        Assert.Equal((true, ErrorId.ActionFailed), (followUps.IsOpen, followUps.Failure?.ErrorId));
        Assert.Equal(ErrorId.ActionFailed, Assert.Single(errors).ErrorId);
        return errors[0];
    }
}
