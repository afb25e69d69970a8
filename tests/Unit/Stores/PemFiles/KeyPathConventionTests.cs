using StepCaRenew.Certificates;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.Stores.PemFiles;

public sealed class KeyPathConventionTests
{
    private static readonly TestPair Pair = TestAuthority.Default.Issue();

    [Theory]
    [InlineData("host.crt", "host.key")]
    [InlineData("host.pem", "host-key.pem")]
    [InlineData("host.example.com.crt", "host.example.com.key")]
    [InlineData("cert.pem", "privkey.pem")]
    [InlineData("fullchain.pem", "privkey.pem")]
    [InlineData("tls.crt", "tls.key")]
    [InlineData("noending", "noending.key")]
    public void Find_KnownName_IsFound(string certificate, string key)
    {
        using var folder = new TestFolder();
        folder.Write(key, Pair.KeyPem);
        using var file = CertificateFile.Load(folder.Write(certificate, Pair.CertificatePem));
        Assert.Equal(folder.At(key), KeyPathConvention.Find(file));
    }

    [Fact]
    public void Find_SeveralKeys_TakesTheSameNameFirst()
    {
        using var folder = new TestFolder();
        folder.Write("cert.key", Pair.KeyPem);
        folder.Write("cert-key.pem", Pair.KeyPem);
        folder.Write("privkey.pem", Pair.KeyPem);
        using var file = CertificateFile.Load(folder.Write("cert.pem", Pair.CertificatePem));
        Assert.Equal(folder.At("cert.key"), KeyPathConvention.Find(file));
    }

    [Fact]
    public void Find_KeyInTheCertificateFile_IsThatFileEvenNextToAnother()
    {
        using var folder = new TestFolder();
        folder.Write("both.key", Pair.KeyPem);
        using var file = CertificateFile.Load(folder.Write("both.pem", Pair.CertificatePem + Pair.KeyPem));
        Assert.Equal(file.Path, KeyPathConvention.Find(file));
    }

    [Fact]
    public void Find_PrivkeyNextToAnotherName_IsNotFound()
    {
        using var folder = new TestFolder();
        folder.Write("privkey.pem", Pair.KeyPem);
        using var file = CertificateFile.Load(folder.Write("host.pem", Pair.CertificatePem));
        Assert.Null(KeyPathConvention.Find(file));
    }

    [Fact]
    public void FindRequired_NoKey_NamesTheExpectedFiles()
    {
        using var folder = new TestFolder();
        using var file = CertificateFile.Load(folder.Write("cert.pem", Pair.CertificatePem));
        var e = Expect.Failure(ErrorId.KeyNotFound, () => KeyPathConvention.FindRequired(file));
        foreach (var name in new[] { "cert.key", "cert-key.pem", "privkey.pem" })
            Assert.Contains($"'{name}'", e.Message, StringComparison.Ordinal);
    }
}
