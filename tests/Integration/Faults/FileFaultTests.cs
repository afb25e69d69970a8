using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Faults;

/// <summary>The file system misbehaves, or is laid out in a way that makes replacing hard.</summary>
public sealed class FileFaultTests : FaultTest
{
    private static Task<ITestCa> CaAsync() => CaAsync(CaKind.DevCa);

    private string At(string name) => Path.Combine(Folder, name);

    [Fact]
    public async Task DiskFull()
    {
        var ca = await CaAsync();
        using var small = Mount.Tmpfs(At("small"), "size=64k");
        var pair = await IssueIntoAsync(ca, At("small"));
        Fill(At("small/filler"));
        await IntactAsync(ErrorId.DiskFull, Request(ca, pair) with { Rekey = true });
        File.Delete(At("small/filler"));
        await RekeyedAsync(Request(ca, pair));
    }

    [Fact]
    public async Task DiskFull_ForTheCertificateAlone()
    {
        var ca = await CaAsync();
        using var small = Mount.Tmpfs(At("small"), "size=64k");
        var pair = await IssueIntoAsync(ca, At("small"));
        var key = Path.Combine(Folder, "web.key");
        File.Move(pair.KeyPath, key);
        Fill(At("small/filler"));
        var request = Request(ca, pair with { KeyPath = key }) with { Rekey = true };
        await IntactAsync(ErrorId.DiskFull, request);
    }

    [Fact]
    public async Task DiskFull_NoFileCanBeMade()
    {
        var ca = await CaAsync();
        using var small = Mount.Tmpfs(At("small"), "size=1m,nr_inodes=3");
        var pair = await IssueIntoAsync(ca, At("small"));
        await IntactAsync(ErrorId.DiskFull, Request(ca, pair) with { Rekey = true });
    }

    [Fact]
    public async Task ReadOnlyVolume()
    {
        var ca = await CaAsync();
        using var volume = Mount.Tmpfs(At("volume"), "size=1m");
        var pair = await IssueIntoAsync(ca, At("volume"));
        volume.MakeReadOnly();
        await IntactAsync(ErrorId.FolderNotWritable, Request(ca, pair) with { Rekey = true });
        volume.MakeWritable();
        await RekeyedAsync(Request(ca, pair));
    }

    [Fact]
    public async Task ReadOnlyVolume_AfterACrash_IsRecoveryBlocked_AndRecoveredLater()
    {
        var ca = await CaAsync();
        using var volume = Mount.Tmpfs(At("volume"), "size=1m");
        var pair = await IssueIntoAsync(ca, At("volume"));
        await CrashHalfwayAsync(Request(ca, pair));
        volume.MakeReadOnly();
        await IntactAsync(ErrorId.RecoveryBlocked, Request(ca, pair));
        volume.MakeWritable();
        await RekeyedAsync(Request(ca, pair));
    }

    [Fact]
    public async Task ReadOnlyFolder()
    {
        var pair = await UnprivilegedPairAsync("755", owner: 0);
        IntactUnprivileged(ErrorId.FolderNotWritable, Request(await CaAsync(), pair) with { Rekey = true });
    }

    [Fact]
    public async Task ReadOnlyFolder_AfterACrash_IsRecoveryBlocked_AndRecoveredLater()
    {
        var ca = await CaAsync();
        var pair = await UnprivilegedPairAsync("755", owner: 0);
        await CrashHalfwayAsync(Request(ca, pair));
        IntactUnprivileged(ErrorId.RecoveryBlocked, Request(ca, pair));
        await RekeyedAsync(Request(ca, pair));
    }

    [Fact]
    public async Task OwnerThatCantBeKept()
    {
        var pair = await UnprivilegedPairAsync("777", owner: 0);
        IntactUnprivileged(ErrorId.PermissionsNotKept, Request(await CaAsync(), pair) with { Rekey = true });
    }

    [Fact]
    public async Task ReadOnlyFile_IsReplaced_AndStaysReadOnly()
    {
        Tool.RequireRoot();
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        foreach (var path in new[] { pair.CertificatePath, pair.KeyPath })
            Tool.Run("chmod", "0444", path);
        await KeptAsync(ca, pair, "444");
    }

    [Fact]
    public async Task Owner_IsKept()
    {
        Tool.RequireRoot();
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        Tool.Run("chown", "1234:5678", pair.CertificatePath, pair.KeyPath);
        await KeptAsync(ca, pair, "1234:5678");
    }

    [Fact]
    public async Task PosixAcl_IsKept()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        Tool.Run("setfacl", "-m", "u:4321:r", pair.CertificatePath, pair.KeyPath);
        await KeptAsync(ca, pair, "E1100000");
    }

    [Fact]
    public async Task UserAttribute_IsKept()
    {
        Tool.RequireRoot();
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        foreach (var path in new[] { pair.CertificatePath, pair.KeyPath })
            SetAttribute(path);
        await KeptAsync(ca, pair, "user.test 6B657074");
    }

    [Fact]
    public async Task DefaultAclOfTheFolder_DoesNotOpenTheNewKey()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        Tool.Run("setfacl", "-d", "-m", "u:4321:rwx,g:4321:rwx,o::rwx", Folder);
        await KeptAsync(ca, pair, "acl none");
    }

    [Fact]
    public async Task GroupOfASetGidFolder_IsNotTheNewKeys()
    {
        Tool.RequireRoot();
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        Tool.Run("chgrp", "5678", Folder);
        Tool.Run("chmod", "2775", Folder);
        await KeptAsync(ca, pair, "0:0");
    }

    [Theory]
    [InlineData(ErrorId.FileNotFound, Event.AskingCa)]
    [InlineData(ErrorId.FileNotFound, Event.AnswerVerified)]
    public async Task FolderRemoved(string errorId, int when)
    {
        var ca = await CaAsync();
        var pair = await IssueIntoAsync(ca, At("gone"));
        Log.OnEvent = id =>
        {
            if (id == when && Directory.Exists(At("gone")))
                Directory.Delete(At("gone"), recursive: true);
        };
        var (_, error) = await RunAsync(Request(ca, pair) with { Rekey = true });
        Assert.Equal(errorId, error?.ErrorId);
        Assert.False(Directory.Exists(At("gone")));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("absolute")]
    [InlineData("another folder")]
    [InlineData("chain")]
    public async Task Link_Stays_AndItsTargetIsReplaced(string kind)
    {
        var ca = await CaAsync();
        var pair = await IssueIntoAsync(ca, At(kind == "another folder" ? "elsewhere" : "."));
        var (certificate, key) = (At("link.crt"), At("link.key"));
        foreach (var (link, target) in new[] { (certificate, pair.CertificatePath), (key, pair.KeyPath) })
        {
            if (kind == "chain")
                File.CreateSymbolicLink(link + "2", target);
            File.CreateSymbolicLink(link, kind switch { "chain" => link + "2", "relative" => Path.GetFileName(target), _ => target });
        }

        await RekeyedAsync(Request(ca, pair) with { CertificatePath = certificate, KeyPath = key });
        Assert.NotNull(new FileInfo(certificate).LinkTarget);
        Assert.NotNull(new FileInfo(key).LinkTarget);
        using var direct = CertificatePair.Load(pair.CertificatePath, pair.KeyPath, null);
        Assert.True(direct.Matches);
        Assert.NotEqual(pair.Leaf.SerialNumber, direct.Leaf.SerialNumber);
    }

    [Theory]
    [InlineData("dangling")]
    [InlineData("loop")]
    public async Task Link_ThatLeadsNowhere(string kind)
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        foreach (var path in new[] { pair.CertificatePath, pair.KeyPath })
        {
            var link = At($"{kind}{Path.GetExtension(path)}");
            File.CreateSymbolicLink(link, kind == "loop" ? link : At("nothing"));
            var request = Request(ca, pair) with { Rekey = true };
            await IntactAsync(ErrorId.LinkBroken, path == pair.KeyPath ? request with { KeyPath = link } : request with { CertificatePath = link });
        }
    }

    [Fact]
    public async Task OneFile_NamedInTwoWays_IsOneFile()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        File.AppendAllText(pair.CertificatePath, File.ReadAllText(pair.KeyPath));
        File.CreateSymbolicLink(At("link.pem"), pair.CertificatePath);
        await RekeyedAsync(Request(ca, pair) with { CertificatePath = At("link.pem"), KeyPath = pair.CertificatePath });
    }

    [Fact]
    public async Task TwoVolumes()
    {
        var ca = await CaAsync();
        using var volume = Mount.Tmpfs(At("keys"), "size=1m");
        var pair = await IssueAsync(ca);
        File.Copy(pair.KeyPath, At("keys/web.key"));
        await RekeyedAsync(Request(ca, pair) with { KeyPath = At("keys/web.key") });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FileThatIsAMountPoint(bool key)
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        using var mount = Mount.File(key ? pair.KeyPath : pair.CertificatePath);
        await IntactAsync(ErrorId.TargetIsMountPoint, Request(ca, pair) with { Rekey = true });
        Assert.DoesNotContain(Event.AskingCa, Log.Ids);
        // A key that stays is not replaced.
        if (key)
            await RenewedAsync(Request(ca, pair));
    }

    [Fact]
    public async Task ImmutableFile()
    {
        Tool.RequireRoot();
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        Tool.Run("chattr", "+i", pair.CertificatePath);
        try
        {
            await IntactAsync(ErrorId.FolderNotWritable, Request(ca, pair) with { Rekey = true });
        }
        finally
        {
            Tool.Run("chattr", "-i", pair.CertificatePath);
        }
    }

    [Fact]
    public async Task EncryptedKey_WithoutItsPassword_AfterACrash_StaysAsItIs()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        using (var key = pair.LoadKey())
            File.WriteAllBytes(pair.KeyPath, ExportKey(key, "encrypted PKCS#8", "secret"));
        using var password = new KeyPassword("secret");
        await CrashHalfwayAsync(Request(ca, pair) with { KeyPassword = password });
        await IntactAsync(ErrorId.KeyPasswordRequired, Request(ca, pair));
        await RekeyedAsync(Request(ca, pair) with { KeyPassword = password });
    }

    [Fact]
    public async Task UnreadableKey_AfterACrash_StaysAsItIs()
    {
        var ca = await CaAsync();
        var pair = await UnprivilegedPairAsync("777", owner: 0);
        await CrashHalfwayAsync(Request(ca, pair));
        Tool.Run("chmod", "0600", pair.KeyPath);
        IntactUnprivileged(ErrorId.AccessDenied, Request(ca, pair));
    }

    // A folder for the user who may do nothing, and a pair in it that he may read.
    private async Task<IssuedPair> UnprivilegedPairAsync(string mode, int owner)
    {
        Tool.RequireRoot();
        Tool.Run("chmod", "0755", Folder);
        var pair = await IssueIntoAsync(await CaAsync(), At("his"));
        Tool.Run("chmod", mode, At("his"));
        Tool.Run("chmod", "0644", pair.CertificatePath, pair.KeyPath);
        Tool.Run("chown", $"{owner}:{owner}", pair.CertificatePath, pair.KeyPath);
        return pair;
    }

    private async Task KeptAsync(ITestCa ca, IssuedPair pair, string contains)
    {
        var (certificate, key) = (Rights.Describe(pair.CertificatePath), Rights.Describe(pair.KeyPath));
        Assert.Contains(contains, certificate, StringComparison.Ordinal);
        await RekeyedAsync(Request(ca, pair));
        Assert.Equal(certificate, Rights.Describe(pair.CertificatePath));
        Assert.Equal(key, Rights.Describe(pair.KeyPath));
    }

    private static void SetAttribute(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        Assert.Equal(0, LinuxNative.SetAttribute(file, "user.test", "kept"u8, 4, 0));
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (; ; )
                file.Write(new byte[1024]);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
