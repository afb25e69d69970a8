using System.Runtime.Versioning;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>Mode, owner, ACL and attributes of the old file are those of the new one, before a byte is written into it.</summary>
[SupportedOSPlatform("linux")]
public sealed class ReplacementRightsTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [LinuxTheory]
    [InlineData(0b110_100_000)]
    [InlineData(0b100_100_100)]
    [InlineData(0b110_110_110)]
    [InlineData(0b110_000_000)]
    [InlineData(0b000_000_000)]
    [InlineData(0b111_101_101)]
    public void Commit_Mode_IsKept(int mode)
    {
        var path = folder.Write("a.crt", "old");
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        Replacing.Replace(path, "new");
        Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(path));
    }

    // Root would give the new file what another account gave the old one.
    [LinuxTheory]
    [InlineData(0b010_110_100_000)]
    [InlineData(0b110_111_101_101)]
    [InlineData(0b001_110_100_100)]
    public void Commit_SetUserIdSetGroupIdAndSticky_AreNotCopied(int mode)
    {
        // The kernel takes set-user-id from what anybody but root writes.
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can write a file with set-user-id.");
        var path = folder.Write("a.crt", "old");
        File.SetUnixFileMode(path, (UnixFileMode)mode);
        Replacing.Replace(path, "new");
        Assert.Equal((UnixFileMode)(mode & 0b111_111_111), File.GetUnixFileMode(path));
    }

    [LinuxFact]
    public void Commit_OwnerAndGroup_AreKept()
    {
        RequireRoot();
        var path = folder.Write("a.crt", "old");
        UnixFile.ChangeOwner(path, 1234, 5678);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_000);
        Replacing.Replace(path, "new");
        AssertOwner(1234, 5678, path);
        Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode(path));
    }

    [LinuxFact]
    public void Commit_SetGidFolder_DoesNotChangeTheGroup()
    {
        RequireRoot();
        UnixFile.ChangeOwner(folder.Path, 0, 4321);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b010_111_111_101);
        var path = folder.Write("a.crt", "old");
        UnixFile.ChangeOwner(path, 0, 5678);
        Replacing.Replace(path, "new");
        AssertOwner(0, 5678, path);
    }

    [LinuxFact]
    public void Commit_Attribute_IsKept()
    {
        var path = folder.Write("a.crt", "old");
        UnixFile.SetAttribute(path, "user.note", [1, 2, 3]);
        UnixFile.SetAttribute(path, "user.empty", []);
        Replacing.Replace(path, "new");
        Assert.Equal([1, 2, 3], UnixFile.GetAttribute(path, "user.note")!);
        Assert.Empty(UnixFile.GetAttribute(path, "user.empty")!);
    }

    [LinuxFact]
    public void Commit_Acl_IsKept()
    {
        var path = folder.Write("a.crt", "old");
        File.SetUnixFileMode(path, (UnixFileMode)0b110_000_000);
        Tool.Run("setfacl", "-m", "u:1234:r,g:5678:rw", path);
        var before = Tool.Run("getfacl", "-n", "-p", path);
        Replacing.Replace(path, "new");
        Assert.Equal(before, Tool.Run("getfacl", "-n", "-p", path));
        Assert.Contains("user:1234:r--", before, StringComparison.Ordinal);
    }

    // A folder's default ACL gives itself to every new file; the old one may be older, or was freed of it.
    [LinuxFact]
    public void Stage_FolderWithDefaultAcl_OpensTheNewFileToNobody()
    {
        var path = folder.Write("a.crt", "old");
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_000);
        Tool.Run("setfacl", "-d", "-m", "u:1234:rw", folder.Path);
        Replacing.Replace(path, "new");
        Assert.Null(UnixFile.GetAttribute(path, "system.posix_acl_access"));
        Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode(path));
    }

    [LinuxFact]
    public void Stage_NewFile_HasTheRightsBeforeAnythingIsInIt()
    {
        var path = folder.Write("a.crt", "old");
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_000);
        Replacing.StageOnly(path, () =>
        {
            var staged = new FileInfo(Directory.GetFiles(folder.Path, ".*").Single());
            Assert.Equal(0, staged.Length);
            Assert.Equal((UnixFileMode)0b110_100_000, staged.UnixFileMode);
        });
    }

    [LinuxFact]
    public void Stage_OwnerThatCanNotBeKept_StopsBeforeAnythingIsWritten()
    {
        var path = folder.Write("a.crt", "old");
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        RenewalException? e = null;
        Unprivileged.Run(() => e = Expect.Failure(ErrorId.PermissionsNotKept, () => Replacing.StageOnly(path)));
        Assert.Contains("user 0, group 0", e!.Message, StringComparison.Ordinal);
        Assert.Equal(["a.crt"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
        Assert.Equal("old", File.ReadAllText(path));
    }

    [LinuxFact]
    public void Commit_OwnFileOfAnUnprivilegedUser_IsReplaced()
    {
        RequireRoot();
        var path = OwnFile();
        Unprivileged.Run(() => Replacing.Replace(path, "new"));
        Assert.Equal("new", File.ReadAllText(path));
        AssertOwner(Unprivileged.User, Unprivileged.User, path);
    }

    [LinuxFact]
    public void Commit_FolderThatMayBeWrittenButNotListed_IsReplaced()
    {
        RequireRoot();
        var path = OwnFile();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b011_000_000);
        Unprivileged.Run(() => Replacing.Replace(path, "new"));
        Assert.Equal("new", File.ReadAllText(path));
    }

    [LinuxFact]
    public void Stage_FolderWithoutWritePermission_IsNamed()
    {
        RequireRoot();
        var path = OwnFile();
        UnixFile.ChangeOwner(folder.Path, 0, 0);
        RenewalException? e = null;
        Unprivileged.Run(() => e = Expect.Failure(ErrorId.FolderNotWritable, () => Replacing.StageOnly(path)));
        Assert.Contains(folder.Path, e!.Message, StringComparison.Ordinal);
    }

    private static void AssertOwner(uint user, uint group, string path)
    {
        var stat = LinuxStat.TryRead(path, followLinks: false);
        Assert.Equal(user, stat?.User);
        Assert.Equal(group, stat?.Group);
    }

    private static void RequireRoot() => Assert.SkipUnless(Unprivileged.IsRoot, "Only root can give files away.");

    private string OwnFile()
    {
        var path = folder.Write("a.crt", "old");
        UnixFile.ChangeOwner(folder.Path, Unprivileged.User, Unprivileged.User);
        UnixFile.ChangeOwner(path, Unprivileged.User, Unprivileged.User);
        return path;
    }
}
