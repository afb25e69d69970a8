using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Faults;

/// <summary>Attacks of other accounts on the lock file, and through it.</summary>
public sealed class LockFileTests : FaultTest
{
    // The kernel gives an exclusive lock to anybody who can read the file.
    [Fact]
    public async Task Lock_IsNotOpenToAccountsThatCanOnlyReadTheCertificate()
    {
        var (ca, pair) = await IssuedAsync();
        Tool.Run("chmod", "0644", pair.CertificatePath);
        await RekeyedAsync(Request(ca, pair));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(LockOf(pair)));
    }

    [Fact]
    public async Task Lock_IsOpenToTheGroupThatMayWriteTheFolder()
    {
        var (ca, pair) = await IssuedAsync();
        Tool.Run("chmod", "0770", Path.GetDirectoryName(pair.CertificatePath)!);
        await RekeyedAsync(Request(ca, pair));
        Assert.Equal((UnixFileMode)0b110_110_000, ModeOf(LockOf(pair)));
    }

    [Fact]
    public async Task LockThatIsAnotherFilesName_IsNotWritten()
    {
        var (ca, pair) = await IssuedAsync();
        var victim = Path.Combine(Folder, "victim");
        File.WriteAllText(victim, new string('A', 200));
        Tool.Run("ln", victim, LockOf(pair));
        await RekeyedAsync(Request(ca, pair));
        Assert.Equal(new string('A', 200), File.ReadAllText(victim));
    }

    // rsync --delete, a clean-up: then another run takes another lock, and the two know nothing of each other.
    [Fact]
    public async Task LockThatIsDeletedWhileTheCaIsAsked_EndsTheRun_AndTheOldPairStands()
    {
        var (ca, pair) = await IssuedAsync();
        var (certificate, key) = (File.ReadAllText(pair.CertificatePath), File.ReadAllText(pair.KeyPath));
        Log.OnEvent = id =>
        {
            if (id == Engine.Event.AskingCa)
                File.Delete(LockOf(pair));
        };
        var (result, error) = await RunAsync(Request(ca, pair) with { Rekey = true });
        AssertResult.Is(result, RenewalStatus.Failed);
        Assert.Equal(ErrorId.Locked, error?.ErrorId);
        Assert.Equal(certificate, File.ReadAllText(pair.CertificatePath));
        Assert.Equal(key, File.ReadAllText(pair.KeyPath));
    }

    [Fact]
    public void Holder_ThatIsGoneOrAnother_IsNotNamed()
    {
        using var folders = new OpenFolders();
        var path = Path.Combine(Folder, "lock");
        File.WriteAllBytes(path, LockHolder.Format(int.MaxValue / 8, "root").ToArray());
        Assert.Equal("an unknown process", LockHolder.Describe(folders, path));
        File.WriteAllBytes(path, LockHolder.Format(1, "some\u001b[31m").ToArray());
        Assert.Equal("an unknown process", LockHolder.Describe(folders, path));
        File.WriteAllBytes(path, LockHolder.Format(Environment.ProcessId, "me").ToArray());
        Assert.Equal($"process {Environment.ProcessId} of me", LockHolder.Describe(folders, path));
    }

    // A process that can only read the lock file cannot write its name into it; the kernel still knows the holder.
    [Fact]
    public void Holder_WithoutAName_IsTheOneThatTheKernelKnows()
    {
        using var folders = new OpenFolders();
        var path = Path.Combine(Folder, "lock");
        File.WriteAllBytes(path, LockHolder.Format(1, "root").ToArray());
        using var held = LockFile.TryOpen(folders, path).File;
        Assert.Equal($"process {Environment.ProcessId}", LockHolder.Describe(folders, path));
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);

    private async Task<(ITestCa Ca, IssuedPair Pair)> IssuedAsync()
    {
        Tool.RequireLinux();
        var ca = await CaAsync(CaKind.DevCa);
        return (ca, await IssueAsync(ca));
    }
}
