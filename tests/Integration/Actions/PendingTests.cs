using System.Diagnostics;
using System.Security.Cryptography;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Crash;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Actions;

/// <summary>An action after a renewal is not forgotten, whatever comes between; programs are /bin/sh, so on Unix.</summary>
public sealed class PendingTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private ITestCa ca = null!;
    private string certificate = null!;
    private string trace = null!;

    private string Pending => Path.Combine(folder, ".test.local.crt.stepcarenew-pending");

    private string[] Trace => File.Exists(trace) ? File.ReadAllLines(trace) : [];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these tests are those of Unix.");
        ca = await TestCas.GetAsync(CaKind.DevCa);
        certificate = (await ca.IssueAsync(new IssueOptions { Folder = folder })).CertificatePath;
        trace = Path.Combine(folder, "trace");
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }

    [Fact]
    public async Task Action_AfterARenewal_LeavesOnlyTheLocks()
    {
        var result = await Run(ActionRun.Append(trace)).RunAsync(certificate, isForced: true);
        AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: false, errorId: null);
        Assert.Equal([$"ran {result.SerialNumber}"], Trace);
        Assert.Equal([".test.local.crt.stepcarenew-acting", ".test.local.crt.stepcarenew-lock", "test.local.crt", "test.local.key", "trace"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Action_WithoutARenewal_IsNotRun()
    {
        var result = await Run(ActionRun.Append(trace)).RunAsync(certificate);
        AssertResult.Is(result, RenewalStatus.NotDue, actionsPending: false);
        Assert.Empty(Trace);
    }

    [Fact]
    public async Task Record_IsOnDiskBeforeTheNewCertificate_AndStaysUntilTheActionIsDone()
    {
        var volume = new RecordingVolume();
        var (result, _) = await new ActionRun(ca.StepPath, ActionRun.Append(trace)) { Volume = volume }.RenewAsync(certificate, isForced: true);
        Assert.True(result.ActionsPending);
        Assert.True(File.Exists(Pending));
        Assert.DoesNotContain("trace", File.ReadAllText(Pending), StringComparison.Ordinal);
        var (recorded, exchanged) = (volume.Calls.IndexOf($"rename {Path.GetFileName(Pending)}"), volume.Calls.IndexOf("exchange test.local.crt"));
        Assert.InRange(recorded, 0, exchanged);
        Assert.Equal("flush", volume.Calls[recorded + 1]);
        // A name that reaches the disk before its content is an empty record after a power loss: a forgotten action.
        var (written, flushed) = (volume.Calls.LastIndexOf($"write {Path.GetFileName(Pending)}-new"), volume.Calls.LastIndexOf($"flush {Path.GetFileName(Pending)}-new"));
        Assert.InRange(written, 0, flushed);
        Assert.InRange(flushed, written, recorded);
    }

    [Fact]
    public async Task Replacement_ThatFails_LeavesNoRecord()
    {
        var volume = new RecordingVolume { Fails = call => call == "exchange test.local.crt" };
        var result = await new ActionRun(ca.StepPath, ActionRun.Append(trace)) { Volume = volume }.RunAsync(certificate, isForced: true);
        AssertResult.Is(result, RenewalStatus.Failed, errorId: ErrorId.WriteFailed, actionsPending: false);
        Assert.Contains($"rename {Path.GetFileName(Pending)}", volume.Calls);
        Assert.Empty(Directory.GetFiles(folder, "*pending*"));
        Assert.Empty(Trace);
    }

    // The action was open before the renewal, and the pair matched when this run looked at it.
    [Fact]
    public async Task OpenAction_IsNotRunForAPairThatAnotherProgramBreaksDuringTheRenewal()
    {
        await Run(ActionRun.Append(trace)).RenewAndDieAsync(certificate);
        var run = Run(ActionRun.Append(trace));
        var outcome = await run.Engine.RenewAsync(run.Request(certificate, isForced: true) with { Rekey = true, FindOthers = BreakPair }, CancellationToken.None);
        await run.Engine.FollowUpAsync([outcome], run.Host, CancellationToken.None);
        AssertResult.Is(outcome.Result, RenewalStatus.Failed, errorId: ErrorId.KeyMismatch, actionsPending: true);
        Assert.Empty(Trace);
        Assert.True(File.Exists(Pending));

        IEnumerable<PairLocation> BreakPair()
        {
            var key = Path.ChangeExtension(certificate, ".key");
            using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            File.WriteAllText(key, other.ExportPkcs8PrivateKeyPem());
            foreach (var path in new[] { key, certificate })
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
            return [];
        }
    }

    // The commit could be neither completed nor undone: the next run completes it, and runs the action.
    [Fact]
    public async Task OpenAction_IsNotRunForAPairThatTheCommitLeavesHalfReplaced()
    {
        await Run(ActionRun.Append(trace)).RenewAndDieAsync(certificate);
        using (var run = new ActionRun(ca.StepPath, ActionRun.Append(trace)) { Volume = new HalfVolume() })
        {
            var outcome = await run.Engine.RenewAsync(run.Request(certificate, isForced: true) with { Rekey = true }, CancellationToken.None);
            await run.Engine.FollowUpAsync([outcome], run.Host, CancellationToken.None);
            AssertResult.Is(outcome.Result, RenewalStatus.Failed, errorId: ErrorId.Unexpected, actionsPending: true);
            Assert.Empty(Trace);
        }

        var result = await Run(ActionRun.Append(trace)).RunAsync(certificate);
        Assert.True(result.Changed);
        Assert.Equal([$"ran {result.SerialNumber}"], Trace);
    }

    [Fact]
    public async Task Record_ThatCannotBeTakenAway_IsAWarning_AndTheActionStaysPending()
    {
        var run = new ActionRun(ca.StepPath, ActionRun.Append(trace)) { Volume = new RecordingVolume { Fails = call => call == $"delete {Path.GetFileName(Pending)}" } };
        var result = await run.RunAsync(certificate, isForced: true);
        AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: true, errorId: null);
        Assert.Single(run.Warnings);
        Assert.Single(Trace);
    }

    [Fact]
    public async Task Crash_BetweenReplacementAndAction_IsMadeGoodByTheNextRun()
    {
        var before = File.ReadAllText(certificate);
        await Child.KillOnceRenewedAsync(ca.StepPath, certificate, trace);
        Assert.NotEqual(before, File.ReadAllText(certificate));
        Assert.Empty(Trace);

        var result = await Run(ActionRun.Append(trace)).RunAsync(certificate);
        AssertResult.Is(result, RenewalStatus.NotDue, changed: false, actionsPending: false);
        Assert.Equal([$"ran {result.SerialNumber}"], Trace);
        Assert.False(File.Exists(Pending));

        await Run(ActionRun.Append(trace)).RunAsync(certificate);
        Assert.Single(Trace);
    }

    [Fact]
    public async Task Failure_IsRetriedWithoutRenewing_UntilItSucceeds()
    {
        var switched = Path.Combine(folder, "switch");
        var run = Run(ActionRun.AppendIf(switched, trace));
        var failed = await run.RunAsync(certificate, isForced: true);
        AssertResult.Is(failed, RenewalStatus.Renewed, actionsPending: true, errorId: ErrorId.ActionFailed);

        var again = await run.RunAsync(certificate);
        AssertResult.Is(again, RenewalStatus.NotDue, actionsPending: true, errorId: ErrorId.ActionFailed);

        File.WriteAllText(switched, string.Empty);
        var done = await run.RunAsync(certificate);
        AssertResult.Is(done, RenewalStatus.NotDue, actionsPending: false, errorId: null);
        Assert.Equal(failed.SerialNumber, done.SerialNumber);
        Assert.Single(Trace);
        Assert.False(File.Exists(Pending));
        Assert.Empty(run.Warnings);
    }

    [Fact]
    public async Task Failure_SupersededByANewerRenewal_IsMadeGoodOnce()
    {
        var run = Run(ActionRun.Append(trace));
        await run.RenewAndDieAsync(certificate);
        var result = await run.RunAsync(certificate, isForced: true);
        Assert.Equal([$"ran {result.SerialNumber}"], Trace);
        await run.RunAsync(certificate);
        Assert.Single(Trace);
    }

    [Fact]
    public async Task Failure_IsRetriedEvenWhereTheNextRenewalFails()
    {
        await Run(ActionRun.Append(trace)).RenewAndDieAsync(certificate);
        var other = Path.Combine(folder, "no-step-here");
        Directory.CreateDirectory(other);
        var result = await new ActionRun(other, ActionRun.Append(trace)).RunAsync(certificate, isForced: true);
        AssertResult.Is(result, RenewalStatus.Failed, errorId: ErrorId.CaUrlMissing, actionsPending: false);
        Assert.Single(Trace);
    }

    [Fact]
    public async Task Failure_HindersNoOtherAction_AndOnlyItStaysPending()
    {
        var result = await Run(ActionRun.Fail(), ActionRun.Append(trace)).RunAsync(certificate, isForced: true);
        Assert.True(result.ActionsPending);
        Assert.Single(Trace);
        await Run(ActionRun.Fail(), ActionRun.Append(trace)).RunAsync(certificate);
        Assert.Single(Trace);
    }

    // The services have not loaded the new certificate: an action that somebody has corrected runs.
    [Fact]
    public async Task CorrectedAction_OfTheNextCall_RunsOnce()
    {
        await Run(ActionRun.Fail()).RunAsync(certificate, isForced: true);
        var run = Run(ActionRun.Append(trace));
        var result = await run.RunAsync(certificate);
        AssertResult.Is(result, RenewalStatus.NotDue, actionsPending: false, errorId: null);
        Assert.Equal([$"ran {result.SerialNumber}"], Trace);
        Assert.Empty(run.Warnings);
        Assert.False(File.Exists(Pending));
        await run.RunAsync(certificate);
        Assert.Single(Trace);
    }

    [Fact]
    public async Task CorrectedAction_NextToOneThatIsDone_RunsAlone()
    {
        await Run(ActionRun.Append(trace, "first"), ActionRun.Fail()).RunAsync(certificate, isForced: true);
        var result = await Run(ActionRun.Append(trace, "first"), ActionRun.Append(trace, "corrected")).RunAsync(certificate);
        Assert.False(result.ActionsPending);
        Assert.Equal([$"first {result.SerialNumber}", $"corrected {result.SerialNumber}"], Trace);
    }

    [Fact]
    public async Task CallWithoutActions_LeavesThemPending_AlsoWhenItRenews()
    {
        var run = Run(ActionRun.Append(trace));
        await run.RenewAndDieAsync(certificate);
        using var without = Run();
        AssertResult.Is(await without.RunAsync(certificate), RenewalStatus.NotDue, actionsPending: true);
        AssertResult.Is(await without.RunAsync(certificate, isForced: true), RenewalStatus.Renewed, actionsPending: true);
        Assert.Empty(without.Warnings);
        Assert.Empty(Trace);
        var result = await run.RunAsync(certificate);
        Assert.Equal([$"ran {result.SerialNumber}"], Trace);
        Assert.False(result.ActionsPending);
    }

    [Fact]
    public async Task WhatIf_RunsNothingAndDropsNothing()
    {
        var run = Run(ActionRun.Append(trace));
        await run.RenewAndDieAsync(certificate);
        foreach (var actions in new[] { run, Run(ActionRun.Fail()) })
        {
            var outcome = await actions.Engine.RenewAsync(actions.Request(certificate) with { ApproveAsync = (_, _) => Task.FromResult(false) }, CancellationToken.None);
            AssertResult.Is(outcome.Result, RenewalStatus.NotDue, actionsPending: true);
            await actions.Engine.FollowUpAsync([outcome], actions.Host, CancellationToken.None);
        }

        Assert.Empty(Trace);
        Assert.True(File.Exists(Pending));
    }

    [Fact]
    public async Task Refusal_OfTheCa_LeavesNoRecord()
    {
        var revoked = await ca.IssueAsync(new IssueOptions { Folder = folder, Name = "revoked.local" });
        await ca.RevokeAsync(revoked);
        var result = await Run(ActionRun.Append(trace)).RunAsync(revoked.CertificatePath, isForced: true);
        AssertResult.Is(result, RenewalStatus.Failed, actionsPending: false);
        Assert.Empty(Directory.GetFiles(folder, ".revoked*pending*"));
        Assert.Empty(Trace);
    }

    // A run that waits for the lock could otherwise lose its record to the end of this run.
    [Fact]
    public async Task Record_OfARefusedRenewal_IsWithdrawnUnderTheLock()
    {
        var revoked = await ca.IssueAsync(new IssueOptions { Folder = folder, Name = "revoked.local" });
        await ca.RevokeAsync(revoked);
        var paths = new PairPaths(revoked.CertificatePath, revoked.KeyPath);
        using var folders = new OpenFolders();
        var held = new List<bool>();
        var volume = new RecordingVolume
        {
            Fails = call =>
            {
                if (call.StartsWith("delete ", StringComparison.Ordinal))
                    held.Add(PairLock.IsHeld(folders, paths));
                return false;
            },
        };
        using var run = new ActionRun(ca.StepPath, ActionRun.Append(trace)) { Volume = volume };
        AssertResult.Is(await run.RunAsync(revoked.CertificatePath, isForced: true), RenewalStatus.Failed);
        Assert.Contains("delete .revoked.local.crt.stepcarenew-pending-new", volume.Calls);
        Assert.NotEmpty(held);
        Assert.DoesNotContain(false, held);
    }

    [Fact]
    public async Task SeveralCertificates_ShareOneRun()
    {
        var paths = new List<string>();
        for (var number = 0; number < 5; number++)
            paths.Add((await ca.IssueAsync(new IssueOptions { Folder = folder, Name = $"n{number}.local" })).CertificatePath);
        var results = await Run(ActionRun.Append(trace), ActionRun.Append(trace)).RunAsync(isForced: true, [.. paths, certificate]);
        Assert.All(results, result => Assert.False(result.ActionsPending));
        // One line for each certificate in the variable, so six for the one run.
        Assert.Equal(6, Trace.Length);
        Assert.Equal($"ran {results[0].SerialNumber}", Trace[0]);
        Assert.Equal(results[5].SerialNumber, Trace[5]);
        Assert.Empty(Directory.GetFiles(folder, "*pending*"));
    }

    [Fact]
    public async Task Renewal_ByAnotherRunDuringTheAction_LeavesItsOwnActionsPending()
    {
        var run = Run(ActionRun.Append(trace));
        var first = await run.RenewAsync(certificate, isForced: true);
        using var other = Run(ActionRun.Append(trace));
        Assert.True((await other.RunAsync(certificate, isForced: true)).ActionsPending);
        Assert.Empty(Trace);
        await run.Engine.FollowUpAsync([first], run.Host, CancellationToken.None);
        Assert.True(first.Result.ActionsPending);
        Assert.True(File.Exists(Pending));
    }

    [Fact]
    public async Task Cancelling_LeavesItPendingAndEndsItSoon()
    {
        var sleep = new StepCaRenew.FollowUps.Actions.CommandAction("sleep", ["300"]);
        var run = Run(ActionRun.Append(trace), sleep);
        var renewed = await run.RenewAsync(certificate, isForced: true);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var start = Stopwatch.GetTimestamp();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.Engine.FollowUpAsync([renewed], run.Host, stop.Token));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 20);
        Assert.Single(Trace);
        Assert.DoesNotContain(sleep.Hash, Assert.Single(FollowUpRecord.Parse(File.ReadAllBytes(Pending))!.Done), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForeignRestoreOfTheOldCertificate_LeavesNothingPending()
    {
        var old = File.ReadAllBytes(certificate);
        await Run(ActionRun.Append(trace)).RenewAndDieAsync(certificate);
        File.WriteAllBytes(certificate, old);
        var result = await Run(ActionRun.Append(trace)).RunAsync(certificate);
        Assert.False(result.ActionsPending);
        Assert.Empty(Trace);
        Assert.False(File.Exists(Pending));
    }

    [Fact]
    public async Task Clearance_WaitsForThePairsLock_AndLeavesTheRecordWhereItGetsNone()
    {
        var run = Run(ActionRun.Append(trace));
        var renewed = await run.Engine.RenewAsync(run.Request(certificate, isForced: true) with { LockTimeout = TimeSpan.Zero }, CancellationToken.None);
        using var folders = new OpenFolders();
        using (await PairLock.AcquireAsync(folders, new PairPaths(certificate, certificate), TimeSpan.Zero, TimeProvider.System, run, CancellationToken.None))
        {
            await run.Engine.FollowUpAsync([renewed], run.Host, CancellationToken.None);
            Assert.True(renewed.Result.ActionsPending);
        }

        Assert.Single(Trace);
        Assert.True(File.Exists(Pending));
        Assert.Contains("cannot be changed", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CertificateNamedTwice_ActsOnce_AndLeavesNothingPending()
    {
        var results = await Run(ActionRun.Append(trace)).RunAsync(isForced: true, certificate, certificate);
        Assert.All(results, result => AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: false, errorId: null));
        Assert.Equal([$"ran {results[1].SerialNumber}"], Trace);
        Assert.False(File.Exists(Pending));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FolderInThePlaceOfTheRecord_LeavesNothingStaged_AndClaimsNoRecord(bool fails)
    {
        Directory.CreateDirectory(Pending);
        var result = await Run(fails ? ActionRun.Fail() : ActionRun.Append(trace)).RunAsync(certificate, isForced: true);
        AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: false, errorId: fails ? ErrorId.ActionFailed : null);
        Assert.False(File.Exists(Pending + "-new"));
    }

    [Fact]
    public async Task Timeout_ThatNoTimerTakes_IsCutToOneThatItDoes()
    {
        var run = new ActionRun(ca.StepPath, ActionRun.Append(trace)) { Host = new StepCaRenew.FollowUps.Actions.ActionHost { Timeout = TimeSpan.FromDays(60) } };
        Assert.False((await run.RunAsync(certificate, isForced: true)).ActionsPending);
    }

    private ActionRun Run(params StepCaRenew.FollowUps.Actions.ActionDefinition[] actions) => new(ca.StepPath, actions);
}
