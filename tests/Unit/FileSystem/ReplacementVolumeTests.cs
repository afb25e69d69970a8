using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>Full, read-only and bound volumes; mounted for one thread only.</summary>
public sealed class ReplacementVolumeTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [LinuxFact]
    public void Commit_FullVolume_FailsAndLeavesTheOldFile() => PrivateMounts.Run(() =>
    {
        PrivateMounts.MountTmpfs(folder.Path, "size=64k");
        var path = folder.Write("a.crt", "old");
        Expect.Failure(ErrorId.DiskFull, () => Replacing.Replace(path, new string('x', 200_000)));
        AssertUntouched(path);
    });

    [LinuxFact]
    public void Stage_VolumeWithoutRoomForAName_Fails() => PrivateMounts.Run(() =>
    {
        PrivateMounts.MountTmpfs(folder.Path, "nr_inodes=2");
        var path = folder.Write("a.crt", "old");
        Expect.Failure(ErrorId.DiskFull, () => Replacing.StageOnly(path));
        AssertUntouched(path);
    });

    [LinuxFact]
    public void Stage_ReadOnlyVolume_Fails() => PrivateMounts.Run(() =>
    {
        PrivateMounts.MountTmpfs(folder.Path, "size=64k");
        var path = folder.Write("a.crt", "old");
        PrivateMounts.MakeReadOnly(folder.Path);
        Expect.Failure(ErrorId.FolderNotWritable, () => Replacing.StageOnly(path));
        AssertUntouched(path);
    });

    [LinuxFact]
    public void Stage_FileThatIsAMountPoint_ProposesToMountItsFolder() => PrivateMounts.Run(() =>
    {
        var path = folder.Write("a.crt", "old");
        PrivateMounts.BindFile(path, path);
        var e = Expect.Failure(ErrorId.TargetIsMountPoint, () => Replacing.StageOnly(path));
        Assert.Contains("folder", e.Remedy, StringComparison.Ordinal);
        AssertUntouched(path);
    });

    [LinuxFact]
    public void Stage_LinkToAMountPoint_IsFoundAsWell() => PrivateMounts.Run(() =>
    {
        var path = folder.Write("a.crt", "old");
        PrivateMounts.BindFile(path, path);
        Expect.Failure(ErrorId.TargetIsMountPoint, () => Replacing.StageOnly(File.CreateSymbolicLink(folder.At("link"), path).FullName));
    });

    private void AssertUntouched(string path)
    {
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }
}
