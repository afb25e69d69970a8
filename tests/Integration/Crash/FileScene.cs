using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pfx;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Crash;

/// <summary>
/// One pair in a folder of its own, with a mode, an owner, an ACL and an attribute that no new file has by itself.
/// </summary>
internal sealed class FileScene : CrashScene
{
    private const string Acl = "system.posix_acl_access";
    private const string Attribute = "user.stepcarenew";

    // getfacl: user::rw-, user:4321:r--, group::r--, mask::r--, other::---
    private static readonly byte[] AclBytes = Convert.FromHexString(
        "02000000" + "01000600FFFFFFFF" + "02000400E1100000" + "04000400FFFFFFFF" + "10000400FFFFFFFF" + "20000000FFFFFFFF");

    private static readonly KeyPassword Password = new("a password");

    private readonly TestFolder folder;
    private readonly byte[] certificate;
    private readonly byte[] key;
    private readonly ITestCa ca;
    private readonly string rights;
    private readonly bool canExchange;

    public FileScene(ITestCa ca, IssuedPair issued, CrashLayout layout)
    {
        folder = new();
        this.ca = ca;
        canExchange = layout is not (CrashLayout.WithoutExchange or CrashLayout.PfxWithoutExchange);
        var isPfx = layout is CrashLayout.Pfx or CrashLayout.PfxWithoutExchange;
        key = File.ReadAllBytes(issued.KeyPath);
        CertificatePath = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "certs")).FullName, isPfx ? "web.pfx" : "web.crt");
        certificate = Content(issued, isOneFile: layout == CrashLayout.OneFile);
        KeyPath = layout switch
        {
            CrashLayout.OneFile or CrashLayout.Pfx or CrashLayout.PfxWithoutExchange => CertificatePath,
            CrashLayout.TwoFolders => Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "keys")).FullName, "web.key"),
            _ => Path.ChangeExtension(CertificatePath, ".key"),
        };
        Write(CertificatePath, certificate);
        if (KeyPath != CertificatePath)
            Write(KeyPath, key);
        rights = Rights();
    }

    private FileScene(FileScene other)
    {
        folder = new();
        (ca, certificate, key, rights, canExchange) = (other.ca, other.certificate, other.key, other.rights, other.canExchange);
        using (var copy = Process.Start("cp", ["-a", "--preserve=all", other.folder + "/.", folder]))
        {
            copy.WaitForExit();
            Assert.Equal(0, copy.ExitCode);
        }

        CertificatePath = Path.Combine(folder, Path.GetRelativePath(other.folder, other.CertificatePath));
        KeyPath = Path.Combine(folder, Path.GetRelativePath(other.folder, other.KeyPath));
    }

    public string CertificatePath { get; }

    public string KeyPath { get; }

    private bool IsPfx => CertificatePath.EndsWith(".pfx", StringComparison.Ordinal);

    public override RenewalRequest Request(bool rekey) => new()
    {
        CertificatePath = CertificatePath,
        KeyPath = KeyPath,
        KeyPassword = IsPfx ? Password : null,
        Rekey = rekey,
        Rule = RenewalRule.Force,
        Ca = new() { StepPath = ca.StepPath },
        RetryTimeout = TimeSpan.Zero,
    };

    public override CrashScene Copy() => new FileScene(this);

    public override Task<(RenewalResult Result, RenewalException? Error)> RunAsync(RenewalRequest request, int dieAt) => RunAsync(request, new DyingVolume(dieAt, canExchange));

    public override Task<(RenewalResult Result, RenewalException? Error)> RunAsync(RenewalRequest request, int at, Action other) => RunAsync(request, new RacingVolume(at, other, canExchange));

    public override void Deploy(IssuedPair theirs)
    {
        // Whole files, by rename: the key first, as a careful program does.
        if (KeyPath != CertificatePath)
            Replace(KeyPath, File.ReadAllBytes(theirs.KeyPath));
        Replace(CertificatePath, Content(theirs, isOneFile: KeyPath == CertificatePath));
    }

    public override string Serial()
    {
        using var pair = CertificatePair.Load(CertificatePath, KeyPath, Password);
        Assert.True(pair.Matches);
        return pair.Leaf.SerialNumber;
    }

    public override IReadOnlyList<string> Leftovers =>
    [
        .. Directory.EnumerateFiles(folder, "*", new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true })
            .Except([CertificatePath, KeyPath, Path.Combine(Path.GetDirectoryName(CertificatePath)!, $".{Path.GetFileName(CertificatePath)}.stepcarenew-lock")]),
    ];

    /// <summary>A whole pair, old or new, with the rights of the old one, and nothing besides but the lock.</summary>
    /// <returns>True for the new one.</returns>
    public override bool AssertWhole(string when)
    {
        using var pair = CertificatePair.Load(CertificatePath, KeyPath, Password);
        Assert.True(pair.Matches, $"{when}: certificate and key don't belong together.");
        var isOld = certificate.AsSpan().SequenceEqual(pair.Certificate.Document.File.Bytes);
        if (isOld && KeyPath != CertificatePath)
            Assert.True(key.AsSpan().SequenceEqual(pair.KeyFile.Document.File.Bytes), $"{when}: the key is another one.");
        Assert.True(rights == Rights(), $"{when}: {Rights()} instead of {rights}");
        Assert.True(Leftovers.Count == 0, $"{when}: {string.Join(' ', Leftovers)} was left.");
        return !isOld;
    }

    public override void Dispose() => folder.Dispose();

    private byte[] Content(IssuedPair issued, bool isOneFile)
    {
        if (!IsPfx)
            return [.. isOneFile ? File.ReadAllBytes(issued.KeyPath) : [], .. File.ReadAllBytes(issued.CertificatePath)];
        using var pair = CertificatePair.Load(issued.CertificatePath, issued.KeyPath, null);
        return PfxWriter.Write(pair.Keyed, Password, PfxEncryption.Aes256, "web");
    }

    private static void Replace(string path, byte[] content)
    {
        File.WriteAllBytes(path + ".theirs", content);
        File.Move(path + ".theirs", path, overwrite: true);
    }

    private static async Task<(RenewalResult Result, RenewalException? Error)> RunAsync(RenewalRequest request, IVolume volume)
    {
        var (result, error) = await new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, NullLogger.Instance, _ => volume).RenewAsync(request, CancellationToken.None);
        return (result, error);
    }

    private static void Write(string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        if (!OperatingSystem.IsLinux())
            return;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        Assert.Equal(0, LinuxNative.SetAttribute(file, Acl, AclBytes, AclBytes.Length, 0));
        Assert.Equal(0, LinuxNative.SetAttribute(file, Attribute, "kept"u8, 4, 0));
        Assert.Equal(0, LinuxNative.ChangeOwner(file, 1234, 5678));
    }

    private string Rights() => string.Join("; ", new[] { CertificatePath, KeyPath }.Distinct().Select(RightsOf));

    private static string RightsOf(string path)
    {
        if (!OperatingSystem.IsLinux())
            return "";
        var stat = LinuxStat.TryRead(path, followLinks: false)!;
        return $"{Path.GetFileName(path)} {Convert.ToString(stat.Mode, 8)} {stat.User}:{stat.Group} {Read(path, Acl)} {Read(path, Attribute)}";
    }

    [SupportedOSPlatform("linux")]
    private static string Read(string path, string name)
    {
        var buffer = new byte[256];
        var size = (int)LinuxNative.GetAttribute(path, name, buffer, buffer.Length);
        return size < 0 ? "none" : Convert.ToHexString(buffer, 0, size);
    }
}
