using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>A link stays a link, and what it leads to is replaced.</summary>
public sealed class ReplacementLinkTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [LinuxFact]
    public void Commit_RelativeLink_StaysAndItsTargetChanges()
    {
        var target = Write("archive/cert1.pem");
        var link = Link("live/cert.pem", "../archive/cert1.pem");
        Replacing.Replace(link, "new");
        Assert.Equal("../archive/cert1.pem", new FileInfo(link).LinkTarget);
        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal(["cert.pem"], Directory.GetFileSystemEntries(folder.At("live")).Select(Path.GetFileName));
        Assert.Equal(["cert1.pem"], Directory.GetFileSystemEntries(folder.At("archive")).Select(Path.GetFileName));
    }

    [LinuxFact]
    public void Commit_AbsoluteLink_StaysAndItsTargetChanges()
    {
        var target = Write("archive/cert1.pem");
        var link = Link("cert.pem", target);
        Replacing.Replace(link, "new");
        Assert.Equal(target, new FileInfo(link).LinkTarget);
        Assert.Equal("new", File.ReadAllText(target));
    }

    [LinuxFact]
    public void Commit_ChainOfLinks_ChangesItsEnd()
    {
        var target = Write("archive/cert1.pem");
        Link("a/one", "../b/two");
        Link("b/two", target);
        Replacing.Replace(Link("zero", "a/one"), "new");
        Assert.Equal("new", File.ReadAllText(target));
        Assert.NotNull(new FileInfo(folder.At("a/one")).LinkTarget);
    }

    [LinuxFact]
    public void Commit_FileBelowALinkedFolder_IsReplaced()
    {
        var target = Write("v1/cert.pem");
        Link("current", "v1");
        Replacing.Replace(folder.At("current/cert.pem"), "new");
        Assert.Equal("new", File.ReadAllText(target));
    }

    // Kubernetes and certbot: a relative link counts from the real folder, not from the path that led there.
    [LinuxFact]
    public void Commit_RelativeLinkBelowALinkedFolder_CountsFromTheRealFolder()
    {
        var target = Write("real/archive/cert1.pem");
        Link("real/live/cert.pem", "../archive/cert1.pem");
        Link("linked", "real/live");
        Replacing.Replace(folder.At("linked/cert.pem"), "new");
        Assert.Equal("new", File.ReadAllText(target));
    }

    [LinuxFact]
    public void Commit_RelativeLinkBelowALinkedFolder_NeverTouchesAnotherFile()
    {
        Write("real/archive/cert1.pem");
        Link("real/live/cert.pem", "../archive/cert1.pem");
        var bystander = Write("archive/cert1.pem");
        Link("linked", "real/live");
        Replacing.Replace(folder.At("linked/cert.pem"), "new");
        Assert.Equal("old", File.ReadAllText(bystander));
        Assert.Equal("new", File.ReadAllText(folder.At("real/archive/cert1.pem")));
    }

    [LinuxFact]
    public void Stage_LinkThatLeadsNowhere_IsBroken() => Expect.Failure(ErrorId.LinkBroken, () => Replacing.StageOnly(Link("link", "none")));

    [LinuxFact]
    public void Stage_LinkInACircle_IsBroken()
    {
        Link("one", "two");
        Expect.Failure(ErrorId.LinkBroken, () => Replacing.StageOnly(Link("two", "one")));
    }

    private string Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.At(path))!);
        return folder.Write(path, "old");
    }

    private string Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.At(path))!);
        return File.CreateSymbolicLink(folder.At(path), target).FullName;
    }
}
