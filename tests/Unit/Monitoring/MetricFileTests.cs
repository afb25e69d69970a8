using System.Runtime.Versioning;
using StepCaRenew.FileSystem;
using StepCaRenew.Monitoring;

namespace StepCaRenew.Unit.Monitoring;

public sealed class MetricFileTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public async Task Replace_NewFile_CanBeReadByAll_AndNothingElseEndsWithProm()
    {
        await ReplaceAsync("web");
        Assert.Equal(MetricText.Render([MetricTextTests.Full("web", "/web.crt")]), File.ReadAllBytes(folder.At("a.prom")));
        Assert.Equal([folder.At("a.prom")], Directory.GetFiles(folder, "*.prom"));
        Assert.False(File.Exists(folder.At(".a.prom.new")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(folder.At("a.prom")));
    }

    [LinuxFact]
    [UnsupportedOSPlatform("windows")]
    public async Task Replace_FileWithAnotherMode_GetsTheModeForAll()
    {
        await ReplaceAsync("web");
        File.SetUnixFileMode(folder.At("a.prom"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await ReplaceAsync("web");
        Assert.True(File.GetUnixFileMode(folder.At("a.prom")).HasFlag(UnixFileMode.OtherRead));
    }

    [Fact]
    public async Task Replace_MetricsOfOthers_Stay()
    {
        await ReplaceAsync("web");
        await ReplaceAsync("mail");
        await ReplaceAsync("web", failing: 1);
        Assert.Equal([("mail", 0), ("web", 1)], Read().Select(one => (one.Name!, one.Failing!.Value)));
    }

    [Fact]
    public async Task Replace_UnknownValue_KeepsTheOneOfTheFile()
    {
        await ReplaceAsync("web");
        await Target().ReplaceAsync([new CertificateMetrics("web", "/web.crt") { Failing = 1, LastRun = 5, Version = "1.2.3" }], one => one.Name == "web", CancellationToken.None);
        Assert.Equal(MetricTextTests.Full("web", "/web.crt") with { Failing = 1, LastRun = 5 }, Assert.Single(Read()));
    }

    [Fact]
    public async Task Change_NothingLeft_DeletesTheFile()
    {
        await ReplaceAsync("web");
        await Target().ChangeAsync(_ => [], CancellationToken.None);
        Assert.False(File.Exists(folder.At("a.prom")));
    }

    [Theory]
    [InlineData("node_load1 1\n")]
    [InlineData("stepcarenew_renewal_failing{name=\"we")]
    [InlineData("\u0000")]
    public async Task Replace_FileOfAnotherProgram_IsKept(string text)
    {
        folder.Write("a.prom", text);
        var e = await Expect.FailureAsync(ErrorId.MetricsNotWritten, () => ReplaceAsync("web"));
        Assert.Contains("another program", e.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(folder.At("a.prom")));
    }

    [Fact]
    public async Task Replace_EmptyFile_IsUsed()
    {
        folder.Write("a.prom", string.Empty);
        await ReplaceAsync("web");
        Assert.Single(Read());
    }

    [Fact]
    public async Task Replace_MissingFolder_IsAnError()
    {
        var e = await Expect.FailureAsync(ErrorId.MetricsNotWritten, () => new MetricFile(folder.At("no/a.prom"), TimeProvider.System).ReplaceAsync([], _ => true, CancellationToken.None));
        Assert.Contains("does not exist", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replace_FolderInItsPlace_IsAnError()
    {
        Directory.CreateDirectory(folder.At("a.prom"));
        await Expect.FailureAsync(ErrorId.MetricsNotWritten, () => ReplaceAsync("web"));
    }

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Replace_LinkOrPipeInItsPlace_IsKept(bool isLink)
    {
        var other = folder.Write("other.txt", string.Empty);
        if (isLink)
            File.CreateSymbolicLink(folder.At("a.prom"), other);
        else
            Tool.Run("mkfifo", folder.At("a.prom"));
        await Expect.FailureAsync(ErrorId.MetricsNotWritten, () => ReplaceAsync("web"));
        Assert.Empty(File.ReadAllText(other));
    }

    // A run that was killed left it, or another account put it there.
    [Fact]
    public async Task Replace_StagedFileOfAnEarlierRun_IsReplaced_AndALinkIsNotFollowed()
    {
        var other = folder.Write("other.txt", "kept");
        if (OperatingSystem.IsWindows())
            folder.Write(".a.prom.new", "half");
        else
            File.CreateSymbolicLink(folder.At(".a.prom.new"), other);
        await ReplaceAsync("web");
        Assert.Single(Read());
        Assert.Equal("kept", File.ReadAllText(other));
    }

    [LinuxFact]
    public void Replace_NoRightToWrite_IsAnError() => Unprivileged.Run(async () =>
    {
        var e = await Expect.FailureAsync(ErrorId.MetricsNotWritten, () => ReplaceAsync("web"));
        Assert.Empty(Directory.GetFiles(folder));
        return e;
    });

    [Fact]
    public async Task Replace_LockIsHeld_WaitsAndThenReportsIt()
    {
        using var folders = new OpenFolders();
        var (outcome, held) = LockFile.TryOpen(folders, folder.At(".a.prom.lock"));
        Assert.Equal(LockOutcome.Acquired, outcome);
        using (held)
        {
            var e = await Expect.FailureAsync(ErrorId.MetricsNotWritten, () => new MetricFile(folder.At("a.prom"), new InstantClock(DateTimeOffset.UnixEpoch)).ReplaceAsync([], _ => true, CancellationToken.None));
            Assert.Contains("holds the lock", e.Message, StringComparison.Ordinal);
            using var cancelled = new CancellationTokenSource();
            cancelled.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Target().ReplaceAsync([], _ => true, cancelled.Token));
        }

        await ReplaceAsync("web");
        Assert.Single(Read());
    }

    // Without the lock, each would write back what it has read before the other one wrote.
    [Fact]
    public async Task Replace_SideBySide_LosesNothing()
    {
        var names = Enumerable.Range(0, 12).Select(number => $"web{number}").ToList();
        await Task.WhenAll(names.Select(name => Task.Run(async () =>
        {
            for (var round = 1; round <= 15; round++)
                await Target().ReplaceAsync([MetricTextTests.Full(name, $"/{name}.crt") with { LastRun = round }], one => one.Name == name, CancellationToken.None);
        })));
        Assert.Equal(names.Order(StringComparer.Ordinal).Select(name => (name, 15)), Read().Select(one => (one.Name!, (int)one.LastRun!.Value)));
    }

    // More certificates than fit into one of the module's usual files of 1 MiB.
    [Fact]
    public async Task Replace_ManyCertificates_AreRead()
    {
        var many = Enumerable.Range(0, 2000).Select(number => MetricTextTests.Full("all", $"/etc/ssl/a-long-name-of-a-folder/{number:0000}.crt")).ToList();
        await Target().ReplaceAsync(many, _ => true, CancellationToken.None);
        await ReplaceAsync("web");
        Assert.True(new FileInfo(folder.At("a.prom")).Length > 1024 * 1024);
        Assert.Equal(2001, Read().Count);
    }

    [Theory]
    [InlineData("web.txt")]
    [InlineData("web.PROM")]
    [InlineData(".prom")]
    [InlineData("prom")]
    public void RequireValid_OtherName_IsRefused(string name) =>
        Assert.Contains(".prom", Expect.Failure(ErrorId.MetricsPathInvalid, () => MetricFile.RequireValid(folder.At(name))).Message, StringComparison.Ordinal);

    public void Dispose() => folder.Dispose();

    private MetricFile Target() => new(folder.At("a.prom"), TimeProvider.System);

    private Task ReplaceAsync(string name, long failing = 0) =>
        Target().ReplaceAsync([MetricTextTests.Full(name, $"/{name}.crt") with { Failing = failing }], one => one.Name == name, CancellationToken.None);

    private IReadOnlyList<CertificateMetrics> Read() => MetricText.Parse(File.ReadAllBytes(folder.At("a.prom")))!;
}
