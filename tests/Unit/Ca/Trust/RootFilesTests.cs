using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Unit.Ca.Trust;

/// <summary>The root in step's forms: a file, a folder, or a comma-separated list.</summary>
public sealed class RootFilesTests : IDisposable
{
    private static readonly TestAuthority One = TestAuthority.Default;
    private static readonly TestAuthority Other = new("Other");

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_Folder_TrustsAllItsRoots()
    {
        Directory.CreateDirectory(folder.At("certs"));
        folder.Write("certs/a.crt", One.Root.ExportCertificatePem());
        folder.Write("certs/b.crt", Other.Root.ExportCertificatePem());
        folder.Write("certs/empty", "");
        folder.Write("certs/readme.txt", "words");
        Directory.CreateDirectory(folder.At("certs/below"));
        Assert.Equal([One.Root, Other.Root], Roots("certs"));
    }

    [Theory]
    [InlineData("a.crt,b.crt")]
    [InlineData(" a.crt , b.crt ,")]
    public void Load_List_TrustsAllItsRoots(string list)
    {
        folder.Write("a.crt", One.Root.ExportCertificatePem());
        folder.Write("b.crt", Other.Root.ExportCertificatePem());
        Assert.Equal([One.Root, Other.Root], Roots(list));
    }

    [Fact]
    public void Load_FileWithACommaInItsName_IsThatFile()
    {
        folder.Write("a,b.crt", One.Root.ExportCertificatePem());
        Assert.Equal([One.Root], Roots("a,b.crt"));
    }

    [Fact]
    public void Load_ListWithAMissingFile_NamesIt()
    {
        folder.Write("a.crt", One.Root.ExportCertificatePem());
        Assert.Contains(folder.At("b.crt"), Expect.Failure(ErrorId.RootMissing, () => Roots("a.crt,b.crt")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EmptyFolder_IsMissing()
    {
        Directory.CreateDirectory(folder.At("certs"));
        Expect.Failure(ErrorId.RootMissing, () => Roots("certs"));
    }

    [Theory]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n")]
    [InlineData("-----BEGIN CERT\n")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----\n")]
    public void Load_OneDamagedBlock_IsSkipped(string block)
    {
        folder.Write("first.crt", block + One.Root.ExportCertificatePem() + "\n" + Other.Root.ExportCertificatePem());
        folder.Write("middle.crt", One.Root.ExportCertificatePem() + "\n" + block + Other.Root.ExportCertificatePem());
        folder.Write("last.crt", One.Root.ExportCertificatePem() + "\n" + Other.Root.ExportCertificatePem() + "\n" + block);
        Assert.All(["first.crt", "middle.crt", "last.crt"], file => Assert.Equal([One.Root, Other.Root], Roots(file)));
    }

    [Fact]
    public void Load_TheSameRootTwice_IsOne()
    {
        folder.Write("a.crt", One.Root.ExportCertificatePem() + "\n" + One.Root.ExportCertificatePem());
        Assert.Equal([One.Root], Roots("a.crt"));
    }

    [Theory]
    [InlineData(null, "Initialize-StepContext -Force")]
    [InlineData("web", "register the renewal again")]
    public void Load_OtherFingerprint_HasTheRemedyForTheCall(string? registered, string remedy)
    {
        folder.Write("a.crt", One.Root.ExportCertificatePem());
        var e = Expect.Failure(ErrorId.RootFingerprintMismatch, () => Roots("a.crt", registered, Other.Root.GetCertHashString(HashAlgorithmName.SHA256)));
        Assert.Contains(remedy, e.Remedy, StringComparison.Ordinal);
        Assert.Equal(registered is not null, e.Remedy.Contains("'web'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("missing.crt", ErrorId.RootMissing)]
    [InlineData("words.crt", ErrorId.RootInvalid)]
    [InlineData("empty.crt", ErrorId.FileEmpty)]
    public void Load_DamagedCopyOfARegisteredRenewal_AdvisesToRegisterAgain(string file, string errorId)
    {
        folder.Write("words.crt", "words");
        folder.Write("empty.crt", "");
        Assert.Contains("register the renewal again", Expect.Failure(errorId, () => Roots(file, "web")).Remedy, StringComparison.Ordinal);
    }

    private List<X509Certificate2> Roots(string root, string? registered = null, string? fingerprint = null)
    {
        var options = new CaOptions { CaUrl = "ca", RootPath = root, StepPath = folder.Path, WorkingFolder = folder.Path, RegisteredName = registered, Fingerprint = fingerprint };
        using var roots = TrustedRoots.Load(CaSettingsResolver.Resolve(options, _ => null));
        return [.. roots.All.Select(one => new X509Certificate2(one))];
    }
}
