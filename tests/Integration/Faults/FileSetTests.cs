using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Crash;

namespace StepCaRenew.Integration.Faults;

/// <summary>Several files that are written together, or not at all.</summary>
public sealed class FileSetTests : IDisposable
{
    private const UnixFileMode Private = (UnixFileMode)0x180;
    private const UnixFileMode Public = (UnixFileMode)0x1A4;

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void NewFilesAndFolders_HaveTheirModes()
    {
        Assert.True(Set(new BrokenVolume(0)).Write());
        Assert.Equal("new", File.ReadAllText(folder.At("a/b/private")));
        Assert.Equal("new", File.ReadAllText(folder.At("a/public")));
        Assert.False(Set(new BrokenVolume(0)).Write());
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal((Private, Public), (File.GetUnixFileMode(folder.At("a/b/private")), File.GetUnixFileMode(folder.At("a/public"))));
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(folder.At("a/b")));
    }

    [Fact]
    public void ExistingFiles_KeepTheirMode()
    {
        WriteOld();
        UnixFile.SetMode(folder.At("a/b/private"), 0x1A0);
        Assert.True(Set(new BrokenVolume(0)).Write());
        Assert.Equal("new", File.ReadAllText(folder.At("a/b/private")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal((UnixFileMode)0x1A0, File.GetUnixFileMode(folder.At("a/b/private")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ErrorAtAnyPoint_ChangesNothing(bool areFilesThere)
    {
        if (areFilesThere)
            WriteOld();
        var before = Content();
        var points = new BrokenVolume(0);
        var whole = Set(points);
        whole.Write();
        var last = points.Points;
        Assert.NotEqual(before, Content());
        whole.Undo();
        Assert.Equal(before, Content());
        Assert.True(last > 10);
        for (var at = 1; at <= last; at++)
        {
            var e = Expect.Failure(ErrorId.WriteFailed, () => Set(new BrokenVolume(at)).Write());
            Assert.Contains("No file was changed.", e.Message, StringComparison.Ordinal);
            Assert.Equal(before, Content());
        }
    }

    [LinuxFact]
    public void Link_IsKept_AndItsTargetReplaced()
    {
        WriteOld();
        File.Move(folder.At("a/public"), folder.At("real"));
        File.CreateSymbolicLink(folder.At("a/public"), folder.At("real"));
        Assert.True(Set(new BrokenVolume(0)).Write());
        Assert.Equal(folder.At("real"), new FileInfo(folder.At("a/public")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(folder.At("real")));
    }

    [Fact]
    public void FolderInThePlaceOfAFile_IsAnError()
    {
        Directory.CreateDirectory(folder.At("a/public"));
        Expect.Failure(OperatingSystem.IsWindows() ? ErrorId.FolderNotWritable : ErrorId.WriteFailed, () => Set(new BrokenVolume(0)).Write());
        Assert.False(File.Exists(folder.At("a/b/private")));
    }

    private FileSet Set(IVolume volume) => new(volume, [new(folder.At("a/b/private"), "new"u8.ToArray(), Private), new(folder.At("a/public"), "new"u8.ToArray(), Public)]);

    private void WriteOld()
    {
        Directory.CreateDirectory(folder.At("a/b"));
        folder.Write("a/b/private", "old");
        folder.Write("a/public", "old");
    }

    private List<(string, string)> Content() =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => (path, File.Exists(path) ? File.ReadAllText(path) : "folder"))];

    /// <summary>One call fails, and the calls after it work again.</summary>
    private sealed class BrokenVolume(int at) : CountingVolume(new Volume(new OpenFolders()), at)
    {
        private bool hasFailed;

        protected override void Crash()
        {
            if (hasFailed)
                return;
            hasFailed = true;
            throw new IOException("the disk is broken");
        }
    }
}
