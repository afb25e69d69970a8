using System.Diagnostics;
using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Unit.FollowUps.Actions;

public sealed class SignalActionTests : IDisposable
{
    private readonly TestFolder folder = new();

    public SignalActionTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n/var/lib/postgresql/15/main\n1732780000\n5432\n/var/run/postgresql\nlocalhost\n  5432001    32768\nready   \n")]
    [InlineData("\r\nsecond\r\n")]
    public async Task Run_MoreLinesInTheFile_UsesTheFirst(string rest)
    {
        using var process = Process.Start("sleep", "300");
        try
        {
            await RunAsync(new SignalAction("CONT", folder.Write("pid", $"{process.Id}{rest}")));
            await RunAsync(new SignalAction("TERM", folder.Write("pid", $"{process.Id}{rest}")));
            await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
            Assert.Equal(128 + 15, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task Run_ProcessOfTheFile_GetsTheSignal()
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "trap 'exit 42' USR1; echo $$ > pid.new; mv pid.new pid; while :; do sleep 0.1; done"]) { WorkingDirectory = folder.Path })!;
        for (var attempt = 0; attempt < 200 && !File.Exists(folder.At("pid")); attempt++)
            await Task.Delay(50);
        await RunAsync(new SignalAction("SIGUSR1", folder.At("pid")));
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        Assert.Equal(42, process.ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("nginx")]
    [InlineData("1 2")]
    [InlineData("\n1")]
    [InlineData("nginx\n1\n")]
    [InlineData("99999999999")]
    public async Task Run_FileWithoutAProcessId_Fails(string content)
    {
        // Zero and negative numbers would mean this process and its group.
        var action = new SignalAction("TERM", folder.Write("pid", content));
        Assert.Equal(ErrorId.ActionFailed, (await Assert.ThrowsAsync<RenewalException>(() => RunAsync(action))).ErrorId);
    }

    [LinuxTheory]
    [InlineData(0u, 65534u, true)]
    [InlineData(65534u, 65534u, true)]
    [InlineData(65534u, 0u, false)]
    [InlineData(1234u, 65534u, false)]
    public async Task Run_AsRootWithAFileOfAnotherAccount_SignalsOnlyItsOwnProcesses(uint owner, uint user, bool isTrusted)
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can give files away.");
        using var process = Process.Start(new ProcessStartInfo("setpriv", [$"--reuid={user}", "--clear-groups", "sleep", "300"]))!;
        try
        {
            for (var attempt = 0; attempt < 200 && File.ReadAllText($"/proc/{process.Id}/comm").Trim() != "sleep"; attempt++)
                await Task.Delay(20);
            var file = folder.Write("pid", $"{process.Id}\n");
            UnixFile.ChangeOwner(file, owner, owner);
            // A signal that does nothing.
            var failure = await Record.ExceptionAsync(() => RunAsync(new SignalAction("CONT", file)));
            Assert.Equal(isTrusted, failure is null);
            if (!isTrusted)
                Assert.Contains($"belongs to user {owner}", Assert.IsType<RenewalException>(failure).Message, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Run_ProcessHasEnded_Fails()
    {
        using var process = Process.Start("true");
        await process.WaitForExitAsync();
        var action = new SignalAction("HUP", folder.Write("pid", $"{process.Id}\n"));
        Assert.Contains($"process {process.Id}", (await Assert.ThrowsAsync<RenewalException>(() => RunAsync(action))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FileIsMissing_FailsAlthoughItWasRunnable()
    {
        var action = new SignalAction("HUP", folder.At("missing"));
        action.RequireRunnable(new ActionHost());
        Assert.Contains("that the daemon is running", (await Assert.ThrowsAsync<RenewalException>(() => RunAsync(action))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FOO")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("65")]
    [InlineData("SIG1")]
    public void RequireRunnable_UnknownSignal_IsInvalid(string signal) =>
        Assert.Equal(ErrorId.ActionInvalid, Assert.Throws<RenewalException>(() => new SignalAction(signal, folder.At("pid")).RequireRunnable(new ActionHost())).ErrorId);

    [Fact]
    public void RequireRunnable_FileIsAFolder_IsInvalid() =>
        Assert.Equal(ErrorId.ActionInvalid, Assert.Throws<RenewalException>(() => new SignalAction("HUP", folder.Path).RequireRunnable(new ActionHost())).ErrorId);

    // The daemon's account owns the folder and can replace the file with a pipe at any moment.
    [LinuxFact]
    public async Task Run_FileReplacedByAPipe_DoesNotBlock()
    {
        var file = folder.Write("pid", "nobody");
        UnixFile.MakePipe(folder.At("pipe"));
        var isOver = false;
        var attacker = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                File.Move(folder.At("pipe"), folder.At("spare"), overwrite: true);
                File.Move(file, folder.At("old"), overwrite: true);
                File.Move(folder.At("spare"), file, overwrite: true);
                File.Move(file, folder.At("pipe"), overwrite: true);
                File.Move(folder.At("old"), file, overwrite: true);
            }
        });
        attacker.Start();
        try
        {
            for (var run = 0; run < 2000; run++)
            {
                var attempt = Task.Run(() => RunAsync(new SignalAction("HUP", file)), TestContext.Current.CancellationToken);
                Assert.True(await Task.WhenAny(attempt, Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)) == attempt, $"Run {run} waits for a writer of the pipe.");
                Assert.Equal(ErrorId.ActionFailed, (await Assert.ThrowsAsync<RenewalException>(() => attempt)).ErrorId);
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            attacker.Join();
        }
    }

    private static Task RunAsync(SignalAction action) =>
        action.RunAsync(new ActionContext(new ActionHost(), [], new Dictionary<string, string?>(), new CollectingLogger(), TimeProvider.System, new NoRecord(), IsRetry: false), CancellationToken.None);
}
