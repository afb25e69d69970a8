using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Policy;
using StepCaRenew.Registration;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Attacks;

/// <summary>
/// The owner of a pair does not want the server to load the new certificate: it holds the lock of the actions, empties their
/// record, or puts something else under its name. A registered renewal of root must still run the actions, or fail with an error.
/// </summary>
[Collection(nameof(Alone))]
public sealed class SuppressedActionsTests : EngineTest
{
    private const int Tries = 50;
    private const int Exclusive = 2;
    private const int NonBlocking = 4;

    [Fact]
    public async Task OwnerHoldsTheLockNextToThePair_TheActionsOfARegisteredRenewalRun()
    {
        using var attack = await SceneAsync();
        using var attacker = Attacker.Repeat(() => Hold(NextToPair(attack, "acting"), TimeSpan.FromMilliseconds(50)));
        await ActsEachTimeAsync(attack);
    }

    [Fact]
    public async Task OwnerEmptiesTheRecordNextToThePair_TheActionsOfARegisteredRenewalRun()
    {
        using var attack = await SceneAsync();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        using var attacker = Attacker.Repeat(() =>
        {
            foreach (var name in new[] { "pending", "pending-new", "acting" })
                Spoil(NextToPair(attack, name), random.Next(4));
        });
        await ActsEachTimeAsync(attack);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
    }

    // Root's own lock in the state folder, which a run that hangs may hold.
    [Fact]
    public async Task ActionsLeftToAnotherRunForTooLong_AreAFailure_AndTheMonitorAndTheStateAreTold()
    {
        var clock = new TestClock();
        using var attack = await SceneAsync(clock, definition => definition with { ActionTimeout = TimeSpan.FromMinutes(1), Rule = new RenewalRule.ExpiresIn(TimeSpan.FromMinutes(10)) });
        var handle = Lock(Path.Combine(attack.Store.Folders.StateFolder(RegisteredAttack.Name), "acting"));
        using (handle)
        {
            var (renewed, exit) = await attack.RunAsync(isForced: true);
            AssertResult.Is(renewed.Result, RenewalStatus.Renewed, actionsPending: true);
            Assert.Equal(0, exit);
            // Within the time of the actions, the other run is trusted to be at them.
            (var early, exit) = await attack.RunAsync(isForced: false);
            AssertResult.Is(early.Result, RenewalStatus.NotDue, errorId: null);
            Assert.Equal(0, exit);
            Assert.DoesNotContain(attack.Monitor.Told, told => told.Contains("/fail", StringComparison.Ordinal));

            clock.Offset = TimeSpan.FromMinutes(2);
            (var late, exit) = await attack.RunAsync(isForced: false);
            AssertResult.Is(late.Result, RenewalStatus.NotDue, errorId: ErrorId.ActionFailed, actionsPending: true);
            Assert.Equal(RunExitCode.ActionsFailed, exit);
            Assert.Equal("POST /ping/fail ActionFailed", attack.Monitor.Told[^1]);
            Assert.Equal(ErrorId.ActionFailed, attack.State.LastErrorId);
            Assert.True(attack.State.ActionsPending);
            Assert.Equal(0, attack.Acted);
        }

        var (free, code) = await attack.RunAsync(isForced: false);
        Assert.Null(free.Result!.ErrorId);
        Assert.False(free.Result.ActionsPending);
        Assert.Equal(0, code);
        Assert.Equal(1, attack.Acted);
        Assert.Equal("GET /ping", attack.Monitor.Told[^1]);
        Assert.Null(attack.State.LastErrorId);
    }

    // Without a registration the record is next to the pair, where its owner can hold the lock: then at least the run fails.
    // By a record that says nothing, or a time that never comes, the owner would put that off for ever.
    [Theory]
    [InlineData("")]
    [InlineData("in a hundred years")]
    public async Task OwnerHoldsTheLockAndForgesTheRecord_ACallByHandFails(string forged)
    {
        using var attack = await SceneAsync();
        var ca = await CaAsync(CaKind.DevCa);
        var request = Request(ca, attack.Pair) with { Actions = [new CommandAction("/bin/sh", ["-c", "echo ran >> \"$0\"", attack.Trace])] };
        var due = request with { Rule = new RenewalRule.ExpiresIn(TimeSpan.FromMinutes(10)) };
        using var held = Lock(NextToPair(attack, "acting"));
        Assert.Null((await RunAsync(request)).Error);
        Assert.Null((await RunAsync(due)).Error);
        var record = NextToPair(attack, "pending");
        File.WriteAllText(record, forged.Length == 0 ? string.Empty : Regex.Replace(File.ReadAllText(record), "\"since\":\"[0-9]{4}", "\"since\":\"2126"));
        Assert.Equal(ErrorId.ActionFailed, (await RunAsync(due)).Error?.ErrorId);
    }

    // The certificate counts for more than the record of what follows it.
    [Fact]
    public async Task StateFolderThatCannotBeWritten_RenewsAndActs_AndWarns()
    {
        using var attack = await SceneAsync();
        var state = attack.Store.Folders.StateFolder(RegisteredAttack.Name);
        Directory.Delete(state, recursive: true);
        File.WriteAllText(state, "a file in the place of the folder");
        var (outcome, _) = await attack.RunAsync(isForced: true, Log);
        Assert.True(outcome.Error is null, outcome.Error?.ToString());
        AssertResult.Is(outcome.Result, RenewalStatus.Renewed);
        Assert.Equal(1, attack.Acted);
        Assert.Contains(Log.Events, one => one.Level == LogLevel.Warning && one.Message.Contains(state, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OwnerHoldsTheLock_ACallByHandFails_OnceTheActionsAreOverdue()
    {
        var clock = new TestClock();
        Clock = clock;
        using var attack = await SceneAsync();
        var action = new CommandAction("/bin/sh", ["-c", "echo ran >> \"$0\"", attack.Trace]);
        var ca = await CaAsync(CaKind.DevCa);
        var request = Request(ca, attack.Pair) with { Actions = [action], ActionTimeout = TimeSpan.FromMinutes(1) };
        var due = request with { Rule = new RenewalRule.ExpiresIn(TimeSpan.FromMinutes(10)) };
        using var attacker = Attacker.Repeat(() => Hold(NextToPair(attack, "acting"), TimeSpan.FromSeconds(1)));
        await UntilHeldAsync(NextToPair(attack, "acting"));
        var (renewed, error) = await RunAsync(request);
        Assert.True(error is null, $"{error}");
        AssertResult.Is(renewed, RenewalStatus.Renewed, actionsPending: true);
        Assert.Null((await RunAsync(due)).Error);
        clock.Offset = TimeSpan.FromMinutes(2);
        var (late, overdue) = await UntilFailsAsync(due);
        AssertResult.Is(late, RenewalStatus.NotDue, errorId: ErrorId.ActionFailed);
        Assert.Equal(ErrorId.ActionFailed, overdue!.ErrorId);
        Assert.Contains("lslocks", overdue.Remedy, StringComparison.Ordinal);
        Assert.Equal(0, attack.Acted);
    }

    [Fact]
    public async Task Unregistering_LeavesNothingOfTheRecordInTheStateFolder()
    {
        using var attack = await SceneAsync();
        await attack.RunAsync(isForced: true);
        var state = attack.Store.Folders.StateFolder(RegisteredAttack.Name);
        Assert.Contains("acting", Directory.GetFiles(state).Select(Path.GetFileName));
        foreach (var name in new[] { "pending", "pending-new", "run-now", $".state.json.{Guid.NewGuid():N}" })
            await File.WriteAllTextAsync(Path.Combine(state, name), "x");
        new StateStore(attack.Store.Folders, Log).Delete(RegisteredAttack.Name);
        Assert.False(Directory.Exists(state));
    }

    private static string NextToPair(RegisteredAttack attack, string what) =>
        Path.Combine(Path.GetDirectoryName(attack.Pair.CertificatePath)!, $".{Path.GetFileName(attack.Pair.CertificatePath)}.stepcarenew-{what}");

    private static void Hold(string path, TimeSpan time)
    {
        using var file = Open(path);
        if (UnixNative.Lock(file, Exclusive | NonBlocking) == 0)
            Thread.Sleep(time);
    }

    // .NET would take a shared lock of its own.
    private static SafeFileHandle Open(string path) => UnixNative.Open(path, UnixOpen.ReadWrite | UnixOpen.Create | UnixOpen.CloseOnExec, 0x1B6);

    private static SafeFileHandle Lock(string path)
    {
        var file = Open(path);
        Assert.Equal(0, UnixNative.Lock(file, Exclusive | NonBlocking));
        return file;
    }

    private static async Task UntilHeldAsync(string path)
    {
        for (var attempt = 0; attempt < 500; attempt++)
        {
            if (File.Exists(path))
            {
                using var file = Open(path);
                if (UnixNative.Lock(file, Exclusive | NonBlocking) != 0)
                    return;
            }

            await Task.Delay(20);
        }

        Assert.Fail("The attacker never held the lock.");
    }

    private static void Spoil(string path, int way)
    {
        try
        {
            File.Delete(path);
            if (way == 0)
                File.WriteAllText(path, string.Empty);
            else if (way == 1)
                File.CreateSymbolicLink(path, "/dev/null");
            else if (way == 2)
                Assert.Equal(0, MakePipe(path, 0x1B6));
        }
        catch (IOException)
        {
            // Root was faster.
        }
    }

    private static async Task ActsEachTimeAsync(RegisteredAttack attack)
    {
        for (var run = 1; run <= Tries; run++)
        {
            var (outcome, exit) = await attack.RunAsync(isForced: true);
            Assert.True(outcome.Error is null, $"run {run}: {outcome.Error}");
            AssertResult.Is(outcome.Result, RenewalStatus.Renewed, actionsPending: false);
            Assert.Equal(0, exit);
            Assert.Equal(run, attack.Acted);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Tries} runs");
    }

    private async Task<(RenewalResult Result, RenewalException? Error)> UntilFailsAsync(RenewalRequest request)
    {
        // The attacker lets go for a moment from time to time, as somebody who does not want to be seen.
        for (var attempt = 0; ; attempt++)
        {
            var run = await RunAsync(request);
            if (run.Error is not null || attempt == 20)
                return run;
        }
    }

    private async Task<RegisteredAttack> SceneAsync(TimeProvider? clock = null, Func<RenewalDefinition, RenewalDefinition>? change = null)
    {
        Tool.RequireRoot();
        Tool.Run("chmod", "0755", Folder);
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca, into: Directory.CreateDirectory(Path.Combine(Folder, "certs")).FullName);
        return await RegisteredAttack.MakeAsync(ca, pair, change, clock);
    }

    [DllImport("libc", EntryPoint = "mkfifo", CharSet = CharSet.Ansi)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
