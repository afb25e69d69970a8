using StepCaRenew.FileSystem;

namespace StepCaRenew.Unit.FileSystem;

public sealed class TargetPathTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("missing.crt")]
    [InlineData("missing/web.crt")]
    public void Follow_MissingFileOrFolder_ReturnsTheFullPath(string name)
    {
        var path = Path.GetFullPath(folder.At(name));
        Assert.Equal(path, TargetPath.Follow(path));
    }

    [WindowsFact]
    public void Follow_MissingDriveOrShare_ReturnsTheFullPath()
    {
        Assert.Equal(@"Q:\certs\web.crt", TargetPath.Follow(@"Q:\certs\web.crt"));
        Assert.Equal(@"C:\certs\web.crt", TargetPath.Follow(@"C:/certs/./web.crt"));
    }

    [Fact]
    public void Follow_LinkWithoutATarget_ReturnsWhereItLeads()
    {
        Link("link.crt", folder.At("gone.crt"));
        Assert.Equal(folder.At("gone.crt"), TargetPath.Follow(folder.At("link.crt")));
    }

    [Fact]
    public void Follow_LinkedFolder_ReturnsTheRealOne()
    {
        Directory.CreateDirectory(folder.At("real"));
        Link("folder", folder.At("real"), isFolder: true);
        Assert.Equal(Path.Combine(folder.At("real"), "web.crt"), TargetPath.Follow(Path.Combine(folder.At("folder"), "web.crt")));
    }

    [Fact]
    public void Follow_Circle_IsAnError()
    {
        Link("a", folder.At("b"));
        Link("b", folder.At("a"));
        Assert.Equal(ErrorId.LinkBroken, Assert.Throws<RenewalException>(() => TargetPath.Follow(folder.At("a"))).ErrorId);
    }

    private void Link(string name, string target, bool isFolder = false) => WindowsLink.MakeOrSkip(folder.At(name), target, isFolder);
}

/// <summary>The rules by which links are followed on Windows; the links are a table, so that they are tested everywhere.</summary>
public sealed class WindowsLinksTests
{
    private static readonly string Root = OperatingSystem.IsWindows() ? @"C:\" : "/";

    [Fact]
    public void Follow_NoLink_ReturnsThePathAsItIs() =>
        Assert.Equal(At("certs/web.crt"), Follow(At("certs/web.crt")));

    [Fact]
    public void Follow_LinkToAFile_ReturnsItsTarget() =>
        Assert.Equal(At("archive/web1.crt"), Follow(At("certs/web.crt"), ("certs/web.crt", At("archive/web1.crt"))));

    [Fact]
    public void Follow_RelativeTarget_IsTakenFromTheFolderOfTheLink() =>
        Assert.Equal(At("certs/archive/web1.crt"), Follow(At("certs/web.crt"), ("certs/web.crt", "archive/web1.crt")));

    [Fact]
    public void Follow_LinkedFolder_IsFollowedBeforeTheFile() =>
        Assert.Equal(At("data/release2/web.crt"), Follow(At("certs/current/web.crt"), ("certs/current", At("data/release2"))));

    [Fact]
    public void Follow_DotsInATarget_AreTakenFromTheRealFolder() =>
        Assert.Equal(
            At("data/archive/web1.crt"),
            Follow(At("certs/web.crt"), ("certs", At("data/live")), ("data/live/web.crt", "../archive/web1.crt")));

    [Fact]
    public void Follow_LinkToALink_IsFollowedToTheEnd() =>
        Assert.Equal(At("c"), Follow(At("a"), ("a", "b"), ("b", At("c"))));

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Follow_ManyLinks_FollowsAsManyAsWindows(int links, bool follows)
    {
        var table = Enumerable.Range(0, links).Select(i => ($"l{i}", $"l{i + 1}")).ToArray();
        if (follows)
            Assert.Equal(At($"l{links}"), Follow(At("l0"), table));
        else
            Assert.Throws<IOException>(() => Follow(At("l0"), table));
    }

    [Fact]
    public void Follow_Circle_Throws() => Assert.Throws<IOException>(() => Follow(At("a"), ("a", "b"), ("b", "a")));

    [WindowsTheory]
    [InlineData(@"D:\certs\web.crt", @"D:\certs\web.crt", @"\archive\web1.crt", @"D:\archive\web1.crt")]
    [InlineData(@"D:\certs\web.crt", @"D:\certs", @"\\server\share\certs", @"\\server\share\certs\web.crt")]
    [InlineData(@"\\server\share\web.crt", @"\\server\share\web.crt", @"\\other\share\x.crt", @"\\other\share\x.crt")]
    [InlineData(@"\\server\share\a\web.crt", @"\\server\share\a", @"\b", @"\\server\share\b\web.crt")]
    [InlineData(@"\\?\D:\certs\web.crt", @"\\?\D:\certs\web.crt", @"E:\x.crt", @"E:\x.crt")]
    public void Follow_DrivesAndShares_AreThoseOfTheLink(string path, string link, string target, string end) =>
        Assert.Equal(end, new WindowsLinks(one => one == link ? target : null).Follow(path));

    private static string At(string path) => Root + path.Replace('/', Path.DirectorySeparatorChar);

    private static string Follow(string path, params (string Link, string Target)[] links)
    {
        var table = links.ToDictionary(link => At(link.Link), link => link.Target);
        return new WindowsLinks(table.GetValueOrDefault).Follow(path);
    }
}
