using Microsoft.Extensions.Logging.Abstractions;
using System.Runtime.Versioning;
using System.Text;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>A file is renamed over another one on Windows, whether or not another process has that one open.</summary>
[SupportedOSPlatform("windows")]
public sealed class WindowsRenameTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly InstantClock clock = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => folder.Dispose();

    [WindowsTheory]
    [InlineData(FileShare.None)]
    [InlineData(FileShare.Read)]
    [InlineData(FileShare.ReadWrite)]
    [InlineData(FileShare.Read | FileShare.Delete)]
    [InlineData(FileShare.ReadWrite | FileShare.Delete)]
    public async Task Rename_OverAnOpenFile_ReplacesItOrIsInUse(FileShare share)
    {
        var (source, target) = (folder.Write("new", "new"), folder.Write("web.crt", "old"));
        var retry = new SharingRetry(clock);
        using (new FileStream(target, FileMode.Open, FileAccess.Read, share))
        {
            var error = await Record.ExceptionAsync(() => retry.RunAsync(() => new Volume(new OpenFolders()).Rename(source, target), target));
            // Only the rename of POSIX replaces an open file, and only one that may be deleted. Wine 8 has MoveFileEx alone.
            if (share.HasFlag(FileShare.Delete) && !Wine.IsHere)
                Assert.Null(error);
            else
                Assert.Equal(ErrorId.FileInUse, Assert.IsType<RenewalException>(error).ErrorId);
            Assert.Equal(error is null ? 0 : 100, clock.Waits.Count);
        }

        if (File.Exists(source))
            new Volume(new OpenFolders()).Rename(source, target);
        Assert.Equal("new", File.ReadAllText(target));
        Assert.False(File.Exists(source));
    }

    [WindowsFact]
    public async Task Rename_OverAFileThatIsClosedMeanwhile_ReplacesIt()
    {
        var (source, target) = (folder.Write("new", "new"), folder.Write("web.crt", "old"));
        using var reader = new FileStream(target, FileMode.Open, FileAccess.Read, FileShare.Read);
        clock.OnWait = () =>
        {
            if (clock.Waits.Count == 20)
                reader.Dispose();
        };
        await new SharingRetry(clock).RunAsync(() => new Volume(new OpenFolders()).Rename(source, target), target);
        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal(20, clock.Waits.Count);
    }

    [WindowsTheory]
    [InlineData(FileShare.None)]
    [InlineData(FileShare.Read)]
    public async Task RequireReplaceable_OpenFile_IsInUse_BeforeAnythingIsStaged(FileShare share)
    {
        var (certificate, key) = (folder.Write("web.crt", "certificate"), folder.Write("web.key", "key"));
        var paths = PairPaths.Resolve(certificate, key);
        using (new FileStream(key, FileMode.Open, FileAccess.Read, share))
        {
            await PairReplacement.RequireReplaceableAsync(new Volume(new OpenFolders()), paths, withKey: false, new SharingRetry(clock));
            Assert.Empty(clock.Waits);
            var error = await Assert.ThrowsAsync<RenewalException>(() => PairReplacement.RequireReplaceableAsync(new Volume(new OpenFolders()), paths, withKey: true, new SharingRetry(clock)));
            Assert.Equal(ErrorId.FileInUse, error.ErrorId);
            Assert.Contains(key, error.Message, StringComparison.Ordinal);
        }

        await PairReplacement.RequireReplaceableAsync(new Volume(new OpenFolders()), paths, withKey: true, new SharingRetry(clock));
    }

    [WindowsFact]
    public void RequireReplaceable_FileThatIsShared_DisturbsNobody()
    {
        var target = folder.Write("web.crt", "old");
        using var reader = new FileStream(target, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        new Volume(new OpenFolders()).RequireReplaceable(target);
        new Volume(new OpenFolders()).RequireReplaceable(folder.At("missing.crt"));
    }

    [WindowsFact]
    public void Replace_ReadOnlyFile_IsReplaced_AndTheNewOneIsReadOnly()
    {
        var target = folder.Write("web.crt", "old");
        File.SetAttributes(target, FileAttributes.ReadOnly);
        try
        {
            Replacing.StageOnly(target);
            Replacing.Replace(target, "new");
            Assert.Equal("new", File.ReadAllText(target));
            Assert.True(File.GetAttributes(target).HasFlag(FileAttributes.ReadOnly));
            Assert.Equal([target], Directory.GetFiles(folder.Path));
        }
        finally
        {
            File.SetAttributes(target, FileAttributes.Normal);
        }
    }

    [WindowsFact]
    public void Replace_LongPath_IsReplaced()
    {
        var place = Path.Combine([folder.Path, .. Enumerable.Repeat(new string('f', 60), 5)]);
        Directory.CreateDirectory(place);
        var target = Path.Combine(place, "web.crt");
        File.WriteAllText(target, "old");
        Replacing.Replace(target, "new");
        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal([target], Directory.GetFiles(place));
        Assert.True(new Volume(new OpenFolders()).TryLink(target, target + "2"));
    }

    [WindowsFact]
    public void Write_SmallFileThatSomebodyReads_WaitsForTheReader()
    {
        var path = folder.Write("web.json", "old");
        var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var closing = Task.Run(async () =>
        {
            await Task.Delay(300, TestContext.Current.CancellationToken);
            await reader.DisposeAsync();
        }, TestContext.Current.CancellationToken);
        Assert.True(AtomicFile.Write(path, "new"u8, isPrivate: false));
        Assert.True(closing.IsCompleted);
        Assert.Equal("new", File.ReadAllText(path));
    }

    [WindowsFact]
    public void WriteAndDelete_SmallFileThatStaysOpen_IsInUse()
    {
        var (written, deleted) = (folder.Write("web.json", "old"), folder.Write("old.json", "old"));
        using (new FileStream(written, FileMode.Open, FileAccess.Read, FileShare.None))
        using (new FileStream(deleted, FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            Parallel.Invoke(
                () => Expect.Failure(ErrorId.FileInUse, () => AtomicFile.Write(written, "new"u8, isPrivate: false)),
                () => Expect.Failure(ErrorId.FileInUse, () => AtomicFile.Delete(deleted)));
        }

        Assert.Equal("old", File.ReadAllText(written));
        AtomicFile.Delete(deleted);
        Assert.Equal([written], Directory.GetFiles(folder.Path));
    }

    [WindowsFact]
    public void Put_RecordThatSomebodyReads_WaitsForTheReader()
    {
        var certificate = folder.Write("web.crt", "certificate");
        var paths = new PairPaths(certificate, certificate);
        var folders = new OpenFolders();
        var file = new FollowUpFile(new FileRecord(paths, new Volume(folders), folders, new StoreServices(clock, NullLogger.Instance), new PemPairForm(null)), NullLogger.Instance);
        File.WriteAllText(paths.Pending, "old");
        var reader = new FileStream(paths.Pending, FileMode.Open, FileAccess.Read, FileShare.Read);
        clock.OnWait = () =>
        {
            if (clock.Waits.Count == 3)
                reader.Dispose();
        };
        file.Stage(new FollowUpRecord("0A", clock.GetUtcNow()));
        file.Commit();
        Assert.Equal(3, clock.Waits.Count);
        Assert.NotEqual("old", File.ReadAllText(paths.Pending));
    }

    [Theory]
    [InlineData(@"C:\web.crt")]
    [InlineData(@"\\?\UNC\server\share\€.crt")]
    public void RenameInformation_HasTheFormOfFileRenameInfo(string target)
    {
        var bytes = WindowsRename.RenameInformation(target);
        var name = (2 * nint.Size) + 4;
        Assert.Equal(0x43, BitConverter.ToInt32(bytes));
        Assert.Equal(target.Length * 2, BitConverter.ToInt32(bytes, 2 * nint.Size));
        Assert.All(bytes[4..(2 * nint.Size)], one => Assert.Equal(0, one));
        Assert.Equal(target + "\0", Encoding.Unicode.GetString(bytes[name..]));
    }
}
