using System.Runtime.Versioning;
using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.Permissions;

/// <summary>Links: their own folders and those of what they lead to, and the ways that only look like one.</summary>
[SupportedOSPlatform("linux")]
public sealed class LinkSafetyTests : IDisposable
{
    private const string Everyone = "can be written by everyone";
    private readonly GuardedPlace place = new();

    public void Dispose() => place.Dispose();

    [LinuxFact]
    public void SafeOnBothSides_IsSafe()
    {
        place.File("opt/7/pwsh");
        place.Folder("bin");
        place.Accepted(place.Link("bin/pwsh", "../opt/7/./pwsh"));
    }

    [LinuxFact]
    public void FolderOfTheLink_IsLookedAt()
    {
        var target = place.File("opt/run.ps1");
        var folder = GuardedPlace.Mode(place.Folder("bin"), 0b111_111_111);
        place.Refused(place.Link("bin/run.ps1", target), folder, Everyone);
    }

    [LinuxFact]
    public void FolderOfTheTarget_IsLookedAt()
    {
        var target = place.File("opt/run.ps1");
        GuardedPlace.Mode(place.At("opt"), 0b111_111_111);
        place.Refused(place.Link("run.ps1", target), place.At("opt"), Everyone);
    }

    [LinuxFact]
    public void TheTarget_IsLookedAt()
    {
        var target = GuardedPlace.Mode(place.File("opt/run.ps1"), 0b110_110_110);
        GuardedPlace.Mode(target, 0b110_100_110);
        place.Refused(place.Link("run.ps1", "opt/run.ps1"), target, Everyone);
    }

    [LinuxFact]
    public void LinkOfSomebodyElse_IsRefused()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can give files away.");
        place.File("opt/run.ps1");
        var link = place.Link("run.ps1", "opt/run.ps1");
        Tool.Run("chown", "-h", "1234", link);
        place.Refused(link, link, "is owned by '1234'");
    }

    [LinuxFact]
    public void EveryLinkOfAChain_IsLookedAt()
    {
        place.File("c/run.ps1");
        var middle = GuardedPlace.Mode(place.Folder("b"), 0b111_111_111);
        place.Link("b/two", "../c/run.ps1");
        place.Refused(place.Link("one", "b/two"), middle, Everyone);
    }

    [LinuxFact]
    public void LinkedFolderOnTheWay_IsLookedAt()
    {
        place.File("real/7/run.ps1");
        GuardedPlace.Mode(place.At("real"), 0b111_101_111);
        place.Link("current", "real/7");
        place.Refused(place.At("current/run.ps1"), place.At("real"), Everyone);
    }

    [LinuxFact]
    public void FolderThatALinkOnlyPassesThrough_IsLookedAt()
    {
        place.File("opt/run.ps1");
        var passed = GuardedPlace.Mode(place.Folder("bin/x"), 0b111_101_101);
        GuardedPlace.Mode(place.At("bin"), 0b111_101_111);
        place.Refused(place.Link("run.ps1", $"{passed}/../../opt/run.ps1"), place.At("bin"), Everyone);
    }

    [LinuxFact]
    public void DotsAfterALink_AreTakenAsTheKernelDoes()
    {
        // The kernel opens far/run.ps1.
        place.Folder("far/deep");
        place.Link("near", "far/deep");
        var kernels = GuardedPlace.Mode(place.File("far/run.ps1"), 0b110_100_110);
        place.File("run.ps1");
        place.Refused($"{place.Path}/near/../run.ps1", kernels, Everyone);
    }

    [LinuxFact]
    public void DotsAfterALink_AreTakenByTheLettersAsWell()
    {
        // .NET and PowerShell open run.ps1.
        place.File("far/run.ps1");
        place.Folder("far/deep");
        place.Link("near", "far/deep");
        var letters = GuardedPlace.Mode(place.File("run.ps1"), 0b110_100_110);
        place.Refused($"{place.Path}/near/../run.ps1", letters, Everyone);
    }

    [LinuxFact]
    public void LinkToNothing_InAFolderThatAnybodyFills_IsRefused()
    {
        var folder = GuardedPlace.Mode(place.Folder("tmp"), 0b001_111_111_111);
        place.Refused(place.Link("run.ps1", "tmp/run.ps1"), folder, Everyone);
    }

    [LinuxFact]
    public void LinksInACircle_AreAnError()
    {
        place.Link("a", "b");
        Expect.Failure(ErrorId.LinkBroken, () => place.Accepted(place.Link("b", "a")));
    }

    [LinuxFact]
    public void RelativePath_IsTakenFromTheCurrentFolder()
    {
        var path = GuardedPlace.Mode(place.File("run.ps1"), 0b110_100_110);
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        Assert.Contains(place.Check().Find(new GuardedPath(relative, "the script")), finding => finding.Path == path);
    }

    [LinuxFact]
    public void BindMount_TheMountedFileCounts() => PrivateMounts.Run(() =>
    {
        var below = place.File("run.ps1");
        PrivateMounts.BindFile(GuardedPlace.Mode(place.File("far/run.ps1"), 0b110_100_110), below);
        place.Refused(below, below, Everyone);
    });

    [LinuxFact]
    public void BindMount_OfAFileInAnotherFolder_IsSafe() => PrivateMounts.Run(() =>
    {
        // Renaming the source does not change the mount.
        var source = place.File("far/run.ps1");
        GuardedPlace.Mode(place.At("far"), 0b111_111_111);
        PrivateMounts.BindFile(source, place.File("run.ps1"));
        place.Accepted(place.At("run.ps1"));
    });
}
