using StepCaRenew.Inspection;

namespace StepCaRenew.Unit.Inspection;

public sealed class CertificateSearchTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly List<RenewalException> unreadable = [];

    public void Dispose() => folder.Dispose();

    [LinuxFact]
    public void Files_SecretOfKubernetes_IsListedOnceByItsShortestPath()
    {
        Put("..2026_01/tls.crt", "..2026_01/tls.key");
        Link("..data", "..2026_01");
        Link("tls.crt", "..data/tls.crt");
        Link("tls.key", "..data/tls.key");
        Assert.Equal(["tls.crt"], Find(recurse: true));
        Assert.Equal(["tls.crt"], Find(recurse: true, followLinks: true));
        Assert.Equal(["tls.crt"], Find(recurse: false));
    }

    [LinuxFact]
    public void Files_LinkToAFolder_IsSearchedOnlyIfLinksAreFollowed()
    {
        using var other = new TestFolder();
        other.Write("far.crt", "x");
        Put("near.crt");
        File.CreateSymbolicLink(folder.At("away"), other.Path);
        Assert.Equal(["near.crt"], Find(recurse: true));
        Assert.Equal(["away/far.crt", "near.crt"], Find(recurse: true, followLinks: true));
        Assert.Equal(["near.crt"], Find(recurse: false, followLinks: true));
    }

    // Every user can make a junction to any folder; Wine 8 has none.
    [WindowsFact]
    public void Files_Junction_IsSearchedOnlyIfLinksAreFollowed()
    {
        Wine.Skip("it makes no junctions");
        using var other = new TestFolder();
        other.Write("far.crt", "x");
        folder.Write("near.crt", "x");
        using (var mklink = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("cmd.exe", ["/c", "mklink", "/J", folder.At("away"), other.Path]) { RedirectStandardOutput = true, RedirectStandardError = true })!)
            mklink.WaitForExit();
        Assert.SkipUnless(Directory.Exists(folder.At("away")) && File.GetAttributes(folder.At("away")).HasFlag(FileAttributes.ReparsePoint), "No junction can be made here.");
        Assert.Equal(["near.crt"], Find(recurse: true, followLinks: false));
        Assert.Equal([Path.Combine("away", "far.crt"), "near.crt"], Find(recurse: true, followLinks: true));
        Directory.Delete(folder.At("away"));
    }

    [LinuxFact]
    public void Files_FolderThatIsNamed_IsSearchedEvenIfItIsALink()
    {
        Put("real/a.crt");
        Link("link", "real");
        var search = new CertificateSearch(recurse: true, followLinks: false, unreadable.Add);
        search.AddFolder(folder.At("link"));
        Assert.Equal([folder.At("link/a.crt")], search.Files);
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_LoopsOfLinks_End(bool followLinks)
    {
        Put("a/b/x.crt", "top.crt");
        Link("a/b/up", "../..");
        Link("a/up", "..");
        Link("self", ".");
        Link("round1", "round2");
        Link("round2", "round1");
        Assert.Equal(["a/b/x.crt", "top.crt"], Ends(() => Find(recurse: true, followLinks)));
        Assert.Empty(unreadable);
    }

    [LinuxFact]
    public void Files_TwoNamesOfOneFile_TheOneWithAKeyIsListed()
    {
        Put("web.crt", "web.key");
        Link("a.crt", "web.crt");
        Assert.Equal(["web.crt"], Find(recurse: false));
        Link("a.key", "web.key");
        Assert.Equal(["a.crt"], Find(recurse: false));
    }

    [LinuxFact]
    public void Files_FilesOfAPattern_AreListedOnceAsWell()
    {
        Put("live/tls.crt");
        Link("current", "live");
        Link("x.crt", "current/tls.crt");
        var search = new CertificateSearch(recurse: false, followLinks: false, unreadable.Add);
        search.AddFile(folder.At("current/tls.crt"));
        search.AddFile(folder.At("x.crt"));
        search.AddFolder(folder.At("live"));
        Assert.Equal([folder.At("x.crt")], search.Files);
    }

    [LinuxFact]
    public void Files_BrokenLink_IsListed_SinceReadingItReportsTheError()
    {
        Link("gone.crt", "nothing.crt");
        Assert.Equal(["gone.crt"], Find(recurse: true));
    }

    [LinuxFact]
    public void AddFolder_FolderUnreadable_IsAnError()
    {
        UnixFile.SetMode(Directory.CreateDirectory(folder.At("locked")).FullName, 0);
        Unprivileged.Run(() => Expect.Failure(
            ErrorId.AccessDenied, () => new CertificateSearch(recurse: false, followLinks: false, unreadable.Add).AddFolder(folder.At("locked"))));
    }

    [LinuxFact]
    public void AddFolder_FolderInTheFolderUnreadable_IsReportedAndTheOthersAreFound()
    {
        Put("a/a.crt", "locked/x.crt", "z/z.crt");
        UnixFile.SetMode(folder.At("locked"), 0);
        Unprivileged.Run(() => Assert.Equal(["a/a.crt", "z/z.crt"], Find(recurse: true)));
        var problem = Assert.Single(unreadable);
        Assert.Equal(ErrorId.AccessDenied, problem.ErrorId);
        Assert.Contains(folder.At("locked"), problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddFolder_Missing_IsAnError() =>
        Expect.Failure(ErrorId.FileNotFound, () => new CertificateSearch(recurse: true, followLinks: false, unreadable.Add).AddFolder(folder.At("none")));

    [Fact]
    public async Task AddFolder_FoldersComeAndGo_TheOthersAreFound()
    {
        Put("a/a.crt");
        using var over = new CancellationTokenSource();
        var deployment = Task.Run(() =>
        {
            for (var number = 0; !over.IsCancellationRequested; number++)
            {
                var passing = folder.At($"passing{number % 8}");
                Directory.CreateDirectory(Path.Combine(passing, "deep"));
                Directory.Delete(passing, recursive: true);
            }
        }, TestContext.Current.CancellationToken);
        try
        {
            for (var round = 0; round < 500; round++)
                Assert.Equal(["a/a.crt"], Find(recurse: true));
        }
        finally
        {
            await over.CancelAsync();
            await deployment;
        }

        Assert.Empty(unreadable);
    }

    // With random links: each real file is listed exactly once, and the search ends.
    [LinuxFact]
    public void Files_RandomTrees_EachRealFileIsListedOnce()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"Seed: {seed}");
        for (var round = 0; round < 60; round++)
        {
            var random = new Random(seed + round);
            using var tree = new TestFolder();
            RandomTree.Make(tree.Path, random);
            foreach (var followLinks in new[] { false, true })
            {
                var search = new CertificateSearch(recurse: true, followLinks, unreadable.Add);
                var files = Ends(
                    () =>
                    {
                        search.AddFolder(tree.Path);
                        return search.Files;
                    },
                    $" (seed {seed}, round {round})");
                var found = files.Select(RandomTree.RealPathOf).ToList();
                Assert.True(found.Distinct().Count() == found.Count, $"seed {seed}, round {round}: a file is listed twice");
                Assert.Equal(RandomTree.Reachable(tree.Path, followLinks), found.Order(StringComparer.Ordinal));
            }
        }
    }

    private static T Ends<T>(Func<T> search, string which = "")
    {
        var task = Task.Run(search, TestContext.Current.CancellationToken);
        Assert.True(task.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken), $"The search does not end{which}.");
        return task.Result;
    }

    private List<string> Find(bool recurse, bool followLinks = false)
    {
        var search = new CertificateSearch(recurse, followLinks, unreadable.Add);
        search.AddFolder(folder.Path);
        return [.. search.Files.Select(path => Path.GetRelativePath(folder.Path, path).Replace('\\', '/'))];
    }

    private void Put(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.At(file))!);
            folder.Write(file, "x");
        }
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(folder.At(name), target);
}
