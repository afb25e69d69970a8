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
