using System.Runtime.Versioning;

namespace StepCaRenew.Unit.Permissions;

/// <summary>Modes and owners of files and of the folders above them.</summary>
[SupportedOSPlatform("linux")]
public sealed class ModeSafetyTests : IDisposable
{
    private readonly GuardedPlace place = new();

    public void Dispose() => place.Dispose();

    [LinuxTheory]
    [InlineData(0b110_100_100)]
    [InlineData(0b110_000_000)]
    [InlineData(0b111_101_101)]
    [InlineData(0b100_000_000)]
    public void OwnersAlone_IsSafe(int mode) => place.Accepted(GuardedPlace.Mode(place.File("a/b/run.ps1"), mode));

    [LinuxFact]
    public void File_OthersWrite_IsRefused()
    {
        var path = GuardedPlace.Mode(place.File("run.ps1"), 0b110_100_110);
        var failure = place.Refused(path, path, "can be written by everyone (mode 0646)");
        Assert.EndsWith($": chmod o-w {path}", failure.Remedy, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void File_GroupWrites_IsRefused()
    {
        var path = GuardedPlace.LetGroupWrite(place.File("run.ps1"));
        var failure = place.Refused(path, path, "can be written by group '");
        Assert.Contains("' (mode 0664)", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith($": chmod g-w {path}", failure.Remedy, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void File_OfSomebodyElse_IsRefused()
    {
        var path = GuardedPlace.Give(place.File("run.ps1"));
        Assert.Contains($"chown -h root {path}", place.Refused(path, path, "is owned by '1234'").Remedy, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void File_GroupOfRootWrites_IsSafe()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root's files have root's group.");
        place.Accepted(GuardedPlace.Mode(place.File("run.ps1"), 0b110_110_100));
    }

    [LinuxFact]
    public void Parent_OthersWrite_IsRefused()
    {
        var path = place.File("a/run.ps1");
        place.Refused(path, GuardedPlace.Mode(place.At("a"), 0b111_101_111), "can be written by everyone (mode 0757, not sticky)");
    }

    [LinuxFact]
    public void Parent_GroupWrites_IsRefused()
    {
        var path = place.File("a/run.ps1");
        place.Refused(path, GuardedPlace.LetGroupWrite(place.At("a")), "can be written by group '");
    }

    [LinuxFact]
    public void Parent_OfSomebodyElse_IsRefused()
    {
        var path = place.File("a/run.ps1");
        place.Refused(path, GuardedPlace.Give(place.At("a")), "is owned by '1234'");
    }

    [LinuxFact]
    public void FolderTwoLevelsUp_OthersWrite_IsRefused()
    {
        var path = place.File("a/b/c/run.ps1");
        place.Refused(path, GuardedPlace.Mode(place.At("a"), 0b111_111_111), "can be written by everyone");
    }

    [LinuxFact]
    public void FolderTwoLevelsUp_OfSomebodyElse_IsRefused()
    {
        var path = place.File("a/b/c/run.ps1");
        place.Refused(path, GuardedPlace.Give(place.At("a")), "is owned by '1234'");
    }

    [LinuxFact]
    public void StickyAncestor_OverOwnFiles_IsSafe()
    {
        var path = place.File("tmp/a/run.ps1");
        GuardedPlace.Mode(place.At("tmp"), 0b001_111_111_111);
        place.Accepted(path);
    }

    [LinuxFact]
    public void StickyAncestor_OverAFolderOfSomebodyElse_IsRefused()
    {
        var path = place.File("tmp/a/run.ps1");
        GuardedPlace.Mode(place.At("tmp"), 0b001_111_111_111);
        place.Refused(path, GuardedPlace.Give(place.At("tmp/a")), "is owned by '1234'");
    }

    [LinuxFact]
    public void StickyAncestor_OfSomebodyElse_IsRefused()
    {
        var path = place.File("tmp/run.ps1");
        place.Refused(path, GuardedPlace.Give(GuardedPlace.Mode(place.At("tmp"), 0b001_111_111_111)), "is owned by '1234'");
    }

    [LinuxFact]
    public void StickyFolder_ThatIsChecked_IsRefused()
    {
        var path = GuardedPlace.Mode(place.Folder("module"), 0b001_111_111_111);
        place.Refused(path, path, "can be written by everyone (mode 1777)");
    }

    [LinuxFact]
    public void Missing_InAStickyFolder_IsRefused()
    {
        // Anybody may make it.
        var folder = GuardedPlace.Mode(place.Folder("tmp"), 0b001_111_111_111);
        var failure = place.Refused(place.At("tmp/state/run.json"), folder, "can be written by everyone (mode 1777)");
        // Nobody should be told to close /tmp.
        Assert.DoesNotContain("chmod", failure.Remedy, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Missing_InASafeFolder_IsSafe() => place.Accepted(place.At("state/run.json"));

    [LinuxFact]
    public void BelowAFile_TheFileCounts()
    {
        var file = GuardedPlace.Mode(place.File("a"), 0b110_100_110);
        place.Refused(place.At("a/b"), file, "can be written by everyone");
    }
}
