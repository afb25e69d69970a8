using StepCaRenew.Inspection;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Inspection;

/// <summary>tests/Pester/SeveralCertificates.Tests.ps1 compares the patterns with those of PowerShell.</summary>
public sealed class PathPatternTests : IDisposable
{
    private readonly TestFolder folder = new();

    private readonly List<RenewalException> unreadable = [];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("*.crt", "a.crt", true)]
    [InlineData("*.crt", "A.CRT", true)]
    [InlineData("*.crt", "a.crt.old", false)]
    [InlineData("*", "", true)]
    [InlineData("?", "", false)]
    [InlineData("a?c*", "abc", true)]
    [InlineData("[a-c]1", "B1", true)]
    [InlineData("[a-c]1", "d1", false)]
    [InlineData("[ab-]*", "-x", true)]
    [InlineData("[a", "a", false)]
    [InlineData("x`[1`]", "x[1]", true)]
    [InlineData("x`[1`]", "x1", false)]
    [InlineData("`*", "a", false)]
    [InlineData("*a*b*c*", "xaxbxcx", true)]
    [InlineData("*ab*ab", "abxabab", true)]
    [InlineData("*ab*ab", "abxaba", false)]
    [InlineData("a**", "a", true)]
    [InlineData("web.crt", "web.crt", true)]
    public void Matches_Name_AsInPowerShell(string pattern, string name, bool isMatch) => Assert.Equal(isMatch, PathPattern.Matches(pattern, name));

    [Theory]
    [InlineData("/etc/ssl", false)]
    [InlineData("/etc/ssl/*.crt", true)]
    [InlineData("/etc/x`[1`]", false)]
    [InlineData("/etc/x[1]", true)]
    public void HasWildcards_Path(string path, bool hasWildcards) => Assert.Equal(hasWildcards, PathPattern.HasWildcards(path));

    [Fact]
    public void FromLiteral_AnyName_FindsOnlyThatPath()
    {
        // Windows has no names with * and ?.
        var path = folder.Write(OperatingSystem.IsWindows() ? "a[1]`.crt" : "a[1]`*?.crt", "x");
        folder.Write("a1`b.crt", "x");
        Assert.Equal([path], Find(PathPattern.FromLiteral(path)));
        Assert.Equal(path, PathPattern.ToLiteral(PathPattern.FromLiteral(path)));
    }

    [Fact]
    public void Find_WildcardsInFolders_FindsVisibleFilesBelow()
    {
        string[] names = ["one/ssl/a.crt", "two/ssl/b.crt", "two/ssl/.hidden.crt", ".three/ssl/c.crt", "four/a.crt", "five/ssl/b.key"];
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.At(name))!);
            folder.Write(name, "x");
        }

        Assert.Equal([Path.GetFullPath(folder.At("one/ssl/a.crt")), Path.GetFullPath(folder.At("two/ssl/b.crt"))], Find(folder.At("*/ssl/*.crt")));
        Assert.Equal(folder.Path, PathPattern.FolderOf(folder.At("*/ssl/*.crt")));
    }

    [LinuxFact]
    public void Find_FolderThatCannotBeRead_IsAnErrorOnlyIfTheUserNamedIt()
    {
        Directory.CreateDirectory(folder.At("open"));
        folder.Write("open/a.crt", "x");
        UnixFile.SetMode(Directory.CreateDirectory(folder.At("locked")).FullName, 0);
        Unprivileged.Run(() =>
        {
            Expect.Failure(ErrorId.AccessDenied, () => Find(folder.At("locked/*.crt")));
            Assert.Equal([folder.At("open/a.crt")], Find(folder.At("*/*.crt")));
            Assert.Equal(ErrorId.AccessDenied, Assert.Single(unreadable).ErrorId);
        });
    }

    // A name that another account chose must not take long.
    [Fact]
    public void Matches_ManyStars_AreFast()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(PathPattern.Matches("*a*a*a*a*a*a*a*a*b", new string('a', 255)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{watch.Elapsed}");
    }

    private IReadOnlyList<string> Find(string pattern) => PathPattern.Find(pattern, unreadable.Add);
}
