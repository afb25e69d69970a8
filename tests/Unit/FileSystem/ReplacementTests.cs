using System.Text;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>A file is replaced as a whole, and no other file is left in its folder.</summary>
public sealed class ReplacementTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Commit_Content_IsThere()
    {
        var path = folder.Write("a.crt", "old");
        Replacing.Replace(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
        DemandOnly("a.crt");
    }

    [Fact]
    public void Commit_ShorterAndEmptyContent_LeavesNothingOfTheOld()
    {
        var path = folder.Write("a.crt", new string('x', 100_000));
        Replacing.Replace(path, "n");
        Assert.Equal("n", File.ReadAllText(path));
        Replacing.Replace(path, string.Empty);
        Assert.Empty(File.ReadAllText(path));
    }

    [Theory]
    [InlineData("with space.crt")]
    [InlineData(".hidden")]
    [InlineData("B\u00fcro \u20ac.crt")]
    [InlineData("-rf")]
    [InlineData("a'b\"c.crt")]
    public void Commit_StrangeName_IsReplaced(string name)
    {
        Assert.SkipWhen(name.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0, "Windows has no such file names.");
        var path = folder.Write(name, "old");
        Replacing.Replace(path, "new");
        Assert.Equal("new", File.ReadAllText(path));
        DemandOnly(name);
    }

    [Fact]
    public void Commit_RelativePath_IsTakenFromTheCurrentFolder()
    {
        var path = folder.Write("a.crt", "old");
        Replacing.Replace(Path.GetRelativePath(Environment.CurrentDirectory, path), "new");
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void Dispose_WithoutCommit_LeavesTheOldFileAlone()
    {
        var path = folder.Write("a.crt", "old");
        var written = File.GetLastWriteTimeUtc(path);
        Replacing.StageOnly(path);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
        DemandOnly("a.crt");
    }

    [Fact]
    public void Stage_NewFile_IsInvisibleToASearchForCertificates()
    {
        var path = folder.Write("a.crt", "old");
        Replacing.StageOnly(path, () =>
        {
            var search = new StepCaRenew.Inspection.CertificateSearch(recurse: true, followLinks: false, _ => { });
            search.AddFolder(folder.Path);
            Assert.Equal([path], search.Files);
            Assert.Equal(["a.crt"], Directory.GetFiles(folder.Path, "*.crt").Select(Path.GetFileName));
        });
    }

    [Fact]
    public void Stage_Missing_IsAnErrorAndMakesNothing()
    {
        Expect.Failure(ErrorId.LinkBroken, () => Replacing.StageOnly(folder.At("none.crt")));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Commit_WhileOthersRead_TheySeeTheOldOrTheNewAsAWhole()
    {
        var (old, @new) = (new string('o', 200_000), new string('n', 150_000));
        var path = folder.Write("a.crt", old);
        using var stop = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var reader = Task.Run(() =>
        {
            var seen = new HashSet<string>();
            while (!stop.IsCancellationRequested)
            {
                seen.Add(Encoding.UTF8.GetString(ReadShared(path)));
                started.TrySetResult();
            }

            return seen;
        });
        await started.Task.WaitAsync(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 50; i++)
            Replacing.Replace(path, i % 2 == 0 ? @new : old);
        await stop.CancelAsync();
        Assert.Subset(new HashSet<string> { old, @new }, await reader);
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private void DemandOnly(string name) => Assert.Equal([name], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
}
