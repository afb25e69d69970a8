using StepCaRenew.FileSystem;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>Whether two paths name one file.</summary>
public sealed class PathNamesTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(@"C:\certs\web.crt", @"c:\CERTS\Web.crt", true)]
    [InlineData(@"C:\certs\web.crt", "C:/certs/web.crt", true)]
    [InlineData(@"C:\certs\web.crt", @"\\?\C:\certs\web.crt", true)]
    [InlineData(@"\\server\share\web.crt", @"\\?\UNC\Server\share\web.crt", true)]
    [InlineData(@"C:\certs\web.crt", @"D:\certs\web.crt", false)]
    [InlineData(@"C:\certs\web.crt", @"C:\certs\web2.crt", false)]
    public void AreSameOnWindows_CaseSlashesAndPrefix_DoNotMatter(string one, string other, bool same) =>
        Assert.Equal(same, PathNames.AreSameOnWindows(one, other));

    [LinuxFact]
    public void AreSame_OnLinux_CaseMatters()
    {
        Assert.True(PathNames.AreSame("/certs/web.crt", "/certs/web.crt"));
        Assert.False(PathNames.AreSame("/certs/web.crt", "/certs/WEB.crt"));
        Assert.False(PathNames.AreSame("/certs/a\\b", "/certs/a/b"));
    }

    [WindowsFact]
    public void Resolve_OneFileByTwoSpellings_IsOneFile()
    {
        var path = folder.Write("web.pem", "both");
        var paths = PairPaths.Resolve(path, path.ToUpperInvariant().Replace('\\', '/'));
        Assert.True(paths.IsOneFile);
        Assert.Equal(3, paths.Leftovers.Count());
        Assert.Single(paths.Folders);
        Assert.False(PairPaths.Resolve(path, folder.At("web.key")).IsOneFile);
    }
}
