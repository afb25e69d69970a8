using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.FollowUps.Actions;

public sealed class PendingActionsTests : IDisposable
{
    private static readonly ActionDefinition Reload = new ServiceAction("web", IsReload: true);
    private static readonly ActionDefinition Restart = new ServiceAction("web", IsReload: false);

    private static readonly ActionDefinition Signal = new ServiceAction("mail", IsReload: false);

    private readonly TestFolder folder = new();
    private readonly OpenFolders folders = new();
    private readonly CollectingLogger log = new();
    // Windows waits for a file that it may not replace.
    private readonly InstantClock clock = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly PairPaths paths;
    private readonly ActingLocks acting;

    public PendingActionsTests() =>
        (paths, acting) = (new PairPaths(folder.Write("web.crt", "certificate"), folder.Write("web.key", "key")), new ActingLocks(log));

    public void Dispose()
    {
        acting.Dispose();
        folders.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Note_Kept_IsOwedOnceTheCertificateIsAnother()
    {
        Owe("0A", Reload);
        Assert.Equal(Reload.Hash, Assert.Single(Of(Reload).Settle("0B")).Hash);
        Assert.True(File.Exists(paths.Pending));
        Assert.Empty(log.Warnings);
    }

    [Fact]
    public void Note_WhoseReplacementNeverCame_IsNotOwed()
    {
        Owe("0A", Reload);
        Assert.Empty(Of(Reload).Settle("0A"));
        Assert.False(File.Exists(paths.Pending));
        Assert.Empty(log.Warnings);
    }

    [Fact]
    public void Note_NotKept_LeavesNothing()
    {
        using (var note = Of(Reload).Note("0A", []))
        {
            Assert.True(File.Exists(paths.StagedPending));
            note.Put();
            Assert.True(File.Exists(paths.Pending));
        }

        Assert.Equal(["web.crt", "web.key"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Note_OverAnOlderDebt_OwesItOnceAndSinceThen()
    {
        Owe("0A", Reload);
        var before = Of(Reload, Restart).Settle("0B");
        clock.Advance(TimeSpan.FromHours(1));
        using (var note = Of(Reload, Restart).Note("0B", before))
        {
            note.Put();
            note.Keep();
        }

        var owed = Of(Reload, Restart).Settle("0C");
        Assert.Equal([("0A", Reload.Hash), ("0B", Restart.Hash)], owed.Select(entry => (entry.SerialNumber, entry.Hash)));
    }

    [Fact]
    public void Note_NotKeptOverAnOlderDebt_LeavesThatDebt()
    {
        Owe("0A", Reload);
        var before = Of(Reload, Restart).Settle("0B");
        using (var note = Of(Reload, Restart).Note("0B", before))
            note.Put();
        Assert.Equal(Reload.Hash, Assert.Single(Of(Reload, Restart).Settle("0B")).Hash);
    }

    [Fact]
    public void Note_OfEqualActions_HoldsOneEntry()
    {
        using var note = Of(Reload, Restart, Reload).Note("0A", []);
        Assert.Equal([0, 1], note.Entries.Select(entry => entry.Index));
    }

    [Fact]
    public void Settle_WithNoneOfItsActions_DropsTheRecordWithAWarning()
    {
        Owe("0A", Reload);
        Assert.Empty(Of(Restart).Settle("0B"));
        Assert.Contains("it is not among this call's actions", Assert.Single(log.Warnings), StringComparison.Ordinal);
        Assert.False(File.Exists(paths.Pending));
    }

    [Fact]
    public void Settle_WithSomeOfItsActions_KeepsThose()
    {
        Owe("0A", Reload, Restart);
        Assert.Equal(1, Assert.Single(Of(Restart).Settle("0B")).Index);
        Assert.Single(log.Warnings);
        Assert.Equal(Restart.Hash, Assert.Single(PendingFormat.Parse(File.ReadAllBytes(paths.Pending))!).Hash);
    }

    // A service that an action stopped is down until the action comes again, even if the old certificate was put back.
    [Theory]
    [InlineData("0A")]
    [InlineData("0B")]
    public void Settle_WithAStoppedService_KeepsTheRecord(string present)
    {
        Owe("0A", Reload, Restart);
        var entries = PendingFormat.Parse(File.ReadAllBytes(paths.Pending))!;
        File.WriteAllBytes(paths.Pending, PendingFormat.Render([entries[0] with { Stopped = [new string('a', 64)] }, entries[1]]));
        Assert.Equal(Reload.Hash, Of(Reload).Settle(present)[0].Hash);
        Assert.Single(Of(Signal).Settle(present));
        Assert.Contains(log.Warnings, one => one.Contains("stopped a service", StringComparison.Ordinal));
        Assert.Equal(Reload.Hash, Assert.Single(PendingFormat.Parse(File.ReadAllBytes(paths.Pending))!).Hash);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("")]
    public void Settle_OverDamage_WarnsAndGoesOn(string content)
    {
        File.WriteAllText(paths.Pending, content);
        Assert.Empty(Of(Reload).Settle("0B"));
        Assert.Contains("damaged", Assert.Single(log.Warnings), StringComparison.Ordinal);
        Assert.False(File.Exists(paths.Pending));
    }

    [Fact]
    public void Settle_OverAHugeFile_ReadsItNot()
    {
        using (var file = File.Create(paths.Pending))
            file.SetLength(8L * 1024 * 1024 * 1024);
        Assert.Empty(Of(Reload).Settle("0B"));
        Assert.Single(log.Warnings);
        Assert.False(File.Exists(paths.Pending));
    }

    [LinuxFact]
    public void Settle_OverALink_RefusesItAndLeavesItsTarget()
    {
        Owe("0A", Reload);
        var target = folder.At("elsewhere");
        File.Move(paths.Pending, target);
        File.CreateSymbolicLink(paths.Pending, target);
        Assert.Empty(Of(Reload).Settle("0B"));
        Assert.Single(log.Warnings);
        Assert.True(File.Exists(target));
        Assert.Null(new FileInfo(paths.Pending).LinkTarget);
    }

    [LinuxFact]
    public void Note_OverALinkOrAPipe_ReplacesIt()
    {
        UnixFile.MakePipe(paths.Pending);
        File.CreateSymbolicLink(paths.StagedPending, "/etc/passwd");
        Owe("0A", Reload);
        Assert.Single(Of(Reload).Settle("0B"));
        Assert.Empty(log.Warnings);
    }

    [Fact]
    public void Note_WhereAFolderHasItsName_WarnsAndGoesOn()
    {
        Directory.CreateDirectory(paths.Pending);
        using (var note = Of(Reload).Note("0A", []))
            note.Put();
        Assert.Contains("cannot be changed", Assert.Single(log.Warnings), StringComparison.Ordinal);
        Assert.False(File.Exists(paths.StagedPending));
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    [LinuxFact]
    public void Note_BelongsToTheOwnerOfTheFolder_AndToNobodyElse()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can give files away.");
        File.SetUnixFileMode(paths.Certificate, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        UnixFile.ChangeOwner(paths.Certificate, 1234, 2345);
        UnixFile.ChangeOwner(folder.Path, 3456, 4567);
        Owe("0A", Reload);
        Assert.Equal("3456 4567 600", Tool.Run("stat", "-c", "%u %g %a", paths.Pending).Trim());
    }

    private PendingActions Of(params ActionDefinition[] actions) => new(new Volume(folders), folders, paths, actions, acting, clock, log);

    private void Owe(string serialNumber, params ActionDefinition[] actions)
    {
        using var note = Of(actions).Note(serialNumber, []);
        note.Put();
        note.Keep();
    }
}
