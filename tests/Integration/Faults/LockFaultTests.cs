using System.Globalization;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Policy;

namespace StepCaRenew.Integration.Faults;

/// <summary>The lock: held, freed, and forged.</summary>
public sealed class LockFaultTests : FaultTest
{
    private const int LockAwaited = 102;

    [Theory]
    [InlineData("link")]
    [InlineData("dangling link")]
    [InlineData("folder")]
    [InlineData("pipe")]
    public async Task LockThatIsNotAFile_IsNamed(string what)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var other = Path.Combine(Folder, "other");
        File.WriteAllText(other, "untouched");
        switch (what)
        {
            case "link":
                File.CreateSymbolicLink(LockOf(pair), other);
                break;
            case "dangling link":
                File.CreateSymbolicLink(LockOf(pair), Path.Combine(Folder, "nothing"));
                break;
            case "folder":
                Directory.CreateDirectory(LockOf(pair));
                break;
            default:
                Tool.Run("mkfifo", LockOf(pair));
                break;
        }

        var error = await IntactAsync(ErrorId.WriteFailed, Request(ca, pair) with { Rekey = true });
        Assert.Contains(LockOf(pair), error.Message, StringComparison.Ordinal);
        Assert.Equal("untouched", File.ReadAllText(other));
        Assert.False(File.Exists(Path.Combine(Folder, "nothing")));
        Assert.DoesNotContain(Event.AskingCa, Log.Ids);
    }

    [Fact]
    public async Task LockThatCannotBeRead_IsNamed()
    {
        Tool.RequireRoot();
        var ca = await CaAsync(CaKind.DevCa);
        Tool.Run("chmod", "0777", Folder);
        var pair = await IssueAsync(ca);
        foreach (var path in new[] { pair.CertificatePath, pair.KeyPath })
            Unprivileged.GiveAway(path);
        File.WriteAllText(LockOf(pair), "");
        Tool.Run("chmod", "0000", LockOf(pair));
        IntactUnprivileged(ErrorId.WriteFailed, Request(ca, pair) with { Rekey = true });
    }

    [Fact]
    public async Task Locked_NamesTheHolder_AndIsFreedWithIt()
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        await using var holder = Child.Start("lock", pair.CertificatePath);
        Assert.Equal("held", await holder.ReadLineAsync());

        var error = await IntactAsync(ErrorId.Locked, Request(ca, pair) with { Rekey = true, LockTimeout = TimeSpan.Zero });
        Assert.Contains($"process {holder.Id.ToString(CultureInfo.InvariantCulture)} of", error.Message, StringComparison.Ordinal);

        await holder.KillAsync();
        await RekeyedAsync(Request(ca, pair) with { LockTimeout = TimeSpan.Zero });
    }

    [Fact]
    public async Task LockTimeout_IsWaitedFor()
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        await using var holder = Child.Start("lock", pair.CertificatePath);
        Assert.Equal("held", await holder.ReadLineAsync());

        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        await IntactAsync(ErrorId.Locked, Request(ca, pair) with { Rekey = true, LockTimeout = TimeSpan.FromMilliseconds(300) });
        Assert.InRange(clock.GetElapsedTime(start), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task LockThatIsFreedInTime_IsTaken()
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        await using var holder = Child.Start("lock", pair.CertificatePath);
        Assert.Equal("held", await holder.ReadLineAsync());

        var waits = new TaskCompletionSource();
        Log.OnEvent = id =>
        {
            if (id == LockAwaited)
                waits.TrySetResult();
        };
        var run = RekeyedAsync(Request(ca, pair));
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await holder.KillAsync();
        await run;
    }

    /// <summary>A run that only checks needs no lock, and does not wait.</summary>
    [Fact]
    public async Task Look_NeedsNoLock()
    {
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        await using var holder = Child.Start("lock", pair.CertificatePath);
        Assert.Equal("held", await holder.ReadLineAsync());
        var (result, error) = await RunAsync(Request(ca, pair) with { Rule = RenewalRule.Default, LockTimeout = TimeSpan.Zero });
        AssertResult.Is(result, RenewalStatus.NotDue);
        Assert.Null(error);
    }
}
