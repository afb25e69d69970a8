using StepCaRenew.Inspection;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Inspection;

public sealed class CertificateSetTests : IDisposable
{
    private static readonly TestPair Pair = TestAuthority.Default.Issue();

    private readonly TestFolder folder = new();
    private readonly List<RenewalException> unreadable = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Find_Folder_HasCertificatesAndDamagedFiles_WithoutKeysRootsAndOtherFiles()
    {
        Pair.WriteTo(folder, "leaf");
        Pair.WriteTo(folder, "old");
        folder.Write("root.crt", TestAuthority.Default.Root.ExportCertificatePem());
        folder.Write("key.pem", Pair.KeyPem);
        folder.Write("damaged.crt", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        folder.Write("notes.txt", "x");
        Assert.Equal(["damaged.crt", "leaf.crt", "old.crt"], Find(new CertificateSet { Path = folder.Path }));
        Assert.Equal(["damaged.crt", "leaf.crt"], Find(new CertificateSet { Path = folder.Path, Exclude = ["O*.CRT"] }));
        Assert.Equal(["leaf.crt"], Find(new CertificateSet { Path = folder.At("l*") }));
    }

    [Fact]
    public void Find_Recurse_SearchesSubfoldersThatAreNotExcluded()
    {
        foreach (var name in new[] { "a", "sub/b", "archive/c", "sub/archive/d" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.At(name))!);
            Pair.WriteTo(folder, name);
        }

        Assert.Equal(["a.crt"], Find(new CertificateSet { Path = folder.Path }));
        Assert.Equal(["a.crt", "sub/b.crt"], Find(new CertificateSet { Path = folder.Path, Recurse = true, Exclude = ["archive"] }));
        Assert.Equal(["archive/c.crt", "sub/b.crt"], Find(new CertificateSet { Path = folder.At("*/*.crt") }));
    }

    [Fact]
    public void Require_NoCertificate_IsAnError()
    {
        folder.Write("root.crt", TestAuthority.Default.Root.ExportCertificatePem());
        var error = Expect.Failure(ErrorId.NoCertificateFound, () => new CertificateSet { Path = folder.Path }.Require(unreadable.Add));
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
        Expect.Failure(ErrorId.FileNotFound, () => new CertificateSet { Path = folder.At("none") }.Require(unreadable.Add));
    }

    // Only a run that would follow the link may read through it: what is behind it could be shown in the state.
    [LinuxFact]
    public void Find_LinkToAFileThatIsNotACertificate_IsLeftToTheRun()
    {
        File.CreateSymbolicLink(folder.At("gone.crt"), folder.At("nothing"));
        Assert.Equal(["gone.crt"], Find(new CertificateSet { Path = folder.Path }));
    }

    private IEnumerable<string> Find(CertificateSet certificates) => certificates.Find(unreadable.Add).Select(path => Path.GetRelativePath(folder.Path, path).Replace('\\', '/'));
}
