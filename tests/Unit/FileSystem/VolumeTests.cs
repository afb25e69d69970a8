using System.Runtime.Versioning;
using StepCaRenew.FileSystem;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.FileSystem;

public sealed class VolumeTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly OpenFolders folders = new();

    public void Dispose()
    {
        folders.Dispose();
        folder.Dispose();
    }

    // 0666 has bits that the usual umask removes.
    [LinuxTheory]
    [InlineData(0b110_000_000)]
    [InlineData(0b110_100_100)]
    [InlineData(0b110_110_110)]
    [SupportedOSPlatform("linux")]
    public void Create_Mode_IsExact(int mode)
    {
        var path = folder.At("new.key");
        using (var file = new Volume(folders).Create(path, (UnixFileMode)mode))
        {
            Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(path));
            file.Write("new"u8);
            file.Flush();
        }

        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void Create_NameIsTaken_IsAnErrorAndChangesNothing()
    {
        var path = folder.Write("old.key", "old");
        Assert.ThrowsAny<IOException>(() => new Volume(folders).Create(path, UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal("old", File.ReadAllText(path));
    }
}
