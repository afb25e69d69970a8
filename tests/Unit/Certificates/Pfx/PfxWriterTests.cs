using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pfx;

namespace StepCaRenew.Unit.Certificates.Pfx;

public sealed class PfxWriterTests
{
    private const string Secret = "sécret & 1";

    private static readonly TestAuthority Ca = TestAuthority.Default;

    public static TheoryData<PfxEncryption, string> Forms => new MatrixTheoryData<PfxEncryption, string>([PfxEncryption.Aes256, PfxEncryption.TripleDes], ["EC-P256", "RSA-2048"]);

    [Theory]
    [MemberData(nameof(Forms))]
    public void Write_NewFile_IsReadAgain(PfxEncryption encryption, string algorithm)
    {
        using var password = new KeyPassword(Secret);
        var pair = Issue(algorithm);
        using var read = Read(PfxWriter.Write(pair.Keyed(Ca.Intermediate, Ca.Root), password, encryption, "Wéb server"), password);
        Assert.Equal(pair.Leaf, read.Leaf);
        Assert.Equal([Ca.Intermediate, Ca.Root], read.Chain);
        Assert.True(read.Keyed.Matches);
        // Wine exports the private exponent of an RSA key in another length.
        if (!Wine.IsHere)
            Assert.Equal(pair.Key.ExportPkcs8PrivateKey(), read.Key.Handle.ExportPkcs8PrivateKey());
        Assert.Equal(("Wéb server", "Wéb server"), (read.LeafBag.FriendlyName, read.KeyBag.FriendlyName));
        Assert.True(read.LeafBag.Find(PfxAttribute.LocalKeyIdOid)!.IsSame(read.KeyBag.Find(PfxAttribute.LocalKeyIdOid)!));
        Assert.Equal(10_000, read.Content.Encryption!.IterationCount);
        Assert.Equal(10_000, read.Content.Mac!.Iterations);
    }

    // The classes by which .NET programs read it: the constructor of .NET 8, and X509CertificateLoader of .NET 9.
    [Theory]
    [MemberData(nameof(Forms))]
    public void Write_NewFile_IsReadByDotNet(PfxEncryption encryption, string algorithm)
    {
        using var password = new KeyPassword(Secret);
        var pair = Issue(algorithm);
        var bytes = PfxWriter.Write(pair.Keyed(Ca.Intermediate), password, encryption, "web");
        var info = Pkcs12Info.Decode(bytes, out _);
        Assert.True(info.VerifyMac(Secret));
        Assert.False(info.VerifyMac("wrong"));
        Wine.Skip("its crypt32 imports no such file");
        using var read = Load(bytes, Secret);
        Assert.True(read.HasPrivateKey);
        Assert.Equal(pair.Leaf.RawData, read.RawData);
        Assert.True(PairMatch.Matches(pair.Leaf, KeyOf(read)));
        Assert.ThrowsAny<CryptographicException>(() => Load(bytes, "wrong"));
#pragma warning disable SYSLIB0057 // Programs use it.
        using var constructed = new X509Certificate2(bytes, Secret, X509KeyStorageFlags.EphemeralKeySet | X509KeyStorageFlags.Exportable);
#pragma warning restore SYSLIB0057
        Assert.True(PairMatch.Matches(pair.Leaf, KeyOf(constructed)));
    }

    [LinuxTheory]
    [MemberData(nameof(Forms))]
    public void Write_NewFile_IsReadByOpenSsl(PfxEncryption encryption, string algorithm)
    {
        using var folder = new TestFolder();
        using var password = new KeyPassword(Secret);
        var pair = Issue(algorithm);
        var path = folder.Write("web.pfx", PfxWriter.Write(pair.Keyed(Ca.Intermediate, Ca.Root), password, encryption, "web"));
        var text = Tool.Run("openssl", "pkcs12", "-in", path, "-passin", $"file:{folder.Write("password", Secret)}", "-info", "-nodes");
        Assert.Equal(3, text.Split("-----BEGIN CERTIFICATE-----").Length - 1);
        using var key = KeyFile.Load(folder.Write("key.pem", text[text.IndexOf("-----BEGIN PRIVATE KEY-----", StringComparison.Ordinal)..]));
        Assert.True(PairMatch.Matches(pair.Leaf, key.Key));
        Assert.Contains("friendlyName: web", text, StringComparison.Ordinal);
        var (exitCode, errors) = Refused("openssl", "pkcs12", "-in", path, "-passin", $"file:{folder.Write("wrong", "wrong")}", "-nodes");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("invalid password", errors, StringComparison.Ordinal);
    }

    [LinuxTheory]
    [MemberData(nameof(Forms))]
    public void Write_NewFile_IsReadByJavaWithItsChain(PfxEncryption encryption, string algorithm)
    {
        Tool.Require("keytool");
        using var folder = new TestFolder();
        using var password = new KeyPassword("secret");
        var pair = Issue(algorithm);
        var path = folder.Write("web.p12", PfxWriter.Write(pair.Keyed(Ca.Intermediate, Ca.Root), password, encryption, "web"));
        var text = Tool.Run("keytool", "-J-Duser.language=en", "-list", "-v", "-storetype", "PKCS12", "-keystore", path, "-storepass:file", folder.Write("password", "secret"));
        Assert.Contains("Alias name: web", text, StringComparison.Ordinal);
        Assert.Contains("Entry type: PrivateKeyEntry", text, StringComparison.Ordinal);
        Assert.Contains("Certificate chain length: 3", text, StringComparison.Ordinal);
        Assert.Contains("Your keystore contains 1 entry", text, StringComparison.Ordinal);
    }

    private static TestPair Issue(string algorithm) => Ca.Issue(new LeafSpec { Key = KeyAlgorithms.Generate(algorithm).Handle });

    private static PfxFile Read(byte[] bytes, KeyPassword? password) => PfxFile.Parse(new StepCaRenew.FileSystem.InputFile("web.pfx", bytes, default), password);

    private static PrivateKey KeyOf(X509Certificate2 certificate) =>
        certificate.GetRSAPrivateKey() is { } rsa ? new PrivateKey(rsa) : new PrivateKey(certificate.GetECDsaPrivateKey()!);

    private static X509Certificate2 Load(byte[] bytes, string password) =>
#if NET9_0_OR_GREATER
        X509CertificateLoader.LoadPkcs12(bytes, password, X509KeyStorageFlags.EphemeralKeySet | X509KeyStorageFlags.Exportable);
#else
        new(bytes, password, X509KeyStorageFlags.EphemeralKeySet | X509KeyStorageFlags.Exportable);
#endif

    private static (int ExitCode, string Errors) Refused(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
