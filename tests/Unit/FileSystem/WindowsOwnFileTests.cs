using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>Locks and logs on Windows: what somebody put in their place is not written to.</summary>
public sealed class WindowsOwnFileTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(FileAttributes.Normal, 1, null)]
    [InlineData(FileAttributes.Archive | FileAttributes.Hidden, 1, null)]
    [InlineData(FileAttributes.Archive | FileAttributes.ReparsePoint, 1, "link")]
    [InlineData(FileAttributes.Directory, 1, "not a regular file")]
    [InlineData(FileAttributes.Directory | FileAttributes.ReparsePoint, 1, "link")]
    [InlineData(FileAttributes.Archive, 2, "another name")]
    public void Refuse_OnlyAFileWithOneName_IsOurs(FileAttributes attributes, int links, string? reason)
    {
        var refused = WindowsOwnFile.Refuse(attributes, (uint)links);
        Assert.Equal(reason is null, refused is null);
        Assert.Contains(reason ?? string.Empty, refused ?? string.Empty, StringComparison.Ordinal);
    }

    [WindowsTheory]
    [InlineData("hard link")]
    [InlineData("link")]
    [InlineData("folder")]
    [InlineData("device")]
    public void LockAndLog_InPlaceOfSomethingElse_AreRefused_AndItIsLeftAlone(string what)
    {
        var (place, victim) = (what == "device" ? @"\\.\NUL" : folder.At("place"), folder.Write("victim", "precious"));
        switch (what)
        {
            case "hard link":
                Assert.True(new Volume(new OpenFolders()).TryLink(victim, place));
                break;
            case "link":
                WindowsLink.MakeOrSkip(place, victim);
                break;
            case "folder":
                Directory.CreateDirectory(place);
                break;
        }

        Assert.Throws<NotOursException>(() => AppendFile.Open(place));
        Assert.Throws<NotOursException>(() => LockFile.OpenToRead(new OpenFolders(), place));
        if (what != "device")
            Assert.Equal(ErrorId.WriteFailed, Assert.Throws<RenewalException>(() => LockFile.TryOpen(new OpenFolders(), place)).ErrorId);
        Assert.Equal("precious", File.ReadAllText(victim));
    }

    [WindowsFact]
    public void Append_TwoAtOnce_AddEachAtTheEnd()
    {
        var path = folder.Write("log", "first\n");
        using (var one = AppendFile.Open(path))
        using (var other = AppendFile.Open(path))
        {
            AppendFile.Write(one, "second\n"u8, path);
            AppendFile.Write(other, "third\n"u8, path);
            AppendFile.Write(one, "fourth\n"u8, path);
            Assert.Equal(new FileInfo(path).Length, AppendFile.Length(one));
        }

        Assert.Equal(["first", "second", "third", "fourth"], File.ReadLines(path));
    }

    [WindowsFact]
    public void Append_MissingFile_IsMade_AndCanBeRenamedMeanwhile()
    {
        var path = folder.At("log");
        using var file = AppendFile.Open(path);
        File.Move(path, folder.At("log.1"));
        AppendFile.Write(file, "line\n"u8, path);
        Assert.Equal("line\n", ReadShared(folder.At("log.1")));
        Assert.False(WindowsOwnFileIsSame(file, path));
        // Wine 8 looks up an open file by the name that it had.
        if (!Wine.IsHere)
            Assert.True(WindowsOwnFileIsSame(file, folder.At("log.1")));
    }

    private static bool WindowsOwnFileIsSame(Microsoft.Win32.SafeHandles.SafeFileHandle file, string path) => OperatingSystem.IsWindows() && WindowsOwnFile.IsSame(file, path);

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}
