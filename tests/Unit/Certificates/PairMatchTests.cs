using System.Security.Cryptography;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Stores.PemFiles;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Certificates;

public sealed class PairMatchTests
{
    public static TheoryData<string> Files =>
        ["p256.pem", "p384.pem", "p521.pem", "p256-sec1.pem", "rsa2048.pem", "rsa2048-pkcs1.pem", "rsa3072.pem", "rsa4096.pem"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Matches_ItsOwnCertificate_IsTrue(string file)
    {
        Wine.SkipCurve(file);
        using var key = KeyFile.Load(TestKeys.Path(file));
        Assert.True(PairMatch.Matches(CertificateFor(file), key.Key));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Matches_AnyOtherCertificate_IsFalse(string file)
    {
        Wine.SkipCurve(file);
        using var key = KeyFile.Load(TestKeys.Path(file));
        foreach (var other in Files.Select(row => row.Data).Where(other => !SameKey(other, file) && !Wine.LacksCurve(other)))
            Assert.False(PairMatch.Matches(CertificateFor(other), key.Key), other);
    }

    [Fact]
    public void Matches_SecondKeyOfTheSameKind_IsFalse()
    {
        using var key = new PrivateKey(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        Assert.False(PairMatch.Matches(TestAuthority.Default.Issue().Leaf, key));
    }

    // The public key of the certificate with another private key: the public keys are equal.
    [Fact]
    public void Matches_EcKeyWithAnotherPublicKey_IsFalseOrRefused()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = TestAuthority.Default.Issue(new LeafSpec { Key = own }).Leaf;
        var spliced = foreign.ExportECPrivateKey();
        var (point, ownPoint) = (Point(foreign), Point(own));
        ownPoint.CopyTo(spliced, spliced.AsSpan().IndexOf(point));
        DemandNoMatch(leaf, PemEncoding.WriteString("EC PRIVATE KEY", spliced));
    }

    [Fact]
    public void Matches_RsaKeyWithAnotherPublicKey_IsFalseOrRefused()
    {
        using var own = RSA.Create(2048);
        using var foreign = RSA.Create(2048);
        var leaf = TestAuthority.Default.Issue(new LeafSpec { Key = own }).Leaf;
        var spliced = foreign.ExportRSAPrivateKey();
        own.ExportParameters(false).Modulus!.CopyTo(spliced, spliced.AsSpan().IndexOf(foreign.ExportParameters(false).Modulus));
        DemandNoMatch(leaf, PemEncoding.WriteString("RSA PRIVATE KEY", spliced));
    }

    [Fact]
    public void Matches_RsaKeyWithOneBitOfAPrimeChanged_IsFalseOrRefused()
    {
        using var own = RSA.Create(2048);
        var leaf = TestAuthority.Default.Issue(new LeafSpec { Key = own }).Leaf;
        var damaged = own.ExportRSAPrivateKey();
        damaged[damaged.AsSpan().IndexOf(own.ExportParameters(true).P) + 40] ^= 4;
        DemandNoMatch(leaf, PemEncoding.WriteString("RSA PRIVATE KEY", damaged));
    }

    [Fact]
    public void Matches_EqualPublicKeysAndAnotherPrivateKey_IsFalse()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = TestAuthority.Default.Issue(new LeafSpec { Key = own }).Leaf;
        using var key = new PrivateKey(new SplicedKey(own, foreign));
        Assert.Equal(PublicKeyId.Compute(leaf), PublicKeyId.Compute(key));
        Assert.False(PairMatch.Matches(leaf, key));
        using var whole = new PrivateKey(new SplicedKey(own, own));
        Assert.True(PairMatch.Matches(leaf, whole));
    }

    [Fact]
    public void Describe_EqualPublicKeysAndAnotherPrivateKey_ReportsADamagedKeyFile()
    {
        using var folder = new TestFolder();
        var pair = TestAuthority.Default.Issue();
        var (certificatePath, keyPath) = pair.WriteTo(folder, "a");
        using var certificate = CertificateFile.Load(certificatePath);
        using var key = KeyFile.Load(keyPath);
        var e = KeyMismatch.Describe(certificate, key);
        Assert.Contains("the key file is damaged", e.Message, StringComparison.Ordinal);
        Assert.Contains(PublicKeyId.Compute(key.Key), e.Message, StringComparison.Ordinal);
        // A damaged key cannot be used any more.
        Assert.Contains(" -Force -TokenFile ", e.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("-UseExistingKey", e.Remedy, StringComparison.Ordinal);
    }

    private static void DemandNoMatch(System.Security.Cryptography.X509Certificates.X509Certificate2 leaf, string pem)
    {
        using var folder = new TestFolder();
        try
        {
            using var key = KeyFile.Load(folder.Write("spliced.key", pem));
            Assert.False(PairMatch.Matches(leaf, key.Key));
        }
        catch (RenewalException e)
        {
            // Some platforms compare both keys when they import them.
            Assert.Equal(ErrorId.KeyInvalid, e.ErrorId);
        }
    }

    private static System.Security.Cryptography.X509Certificates.X509Certificate2 CertificateFor(string file)
    {
        AsymmetricAlgorithm key = file.StartsWith("rsa", StringComparison.Ordinal) ? RSA.Create() : ECDsa.Create();
        key.ImportFromPem(TestKeys.Text(file));
        return TestAuthority.Default.Issue(new LeafSpec { Key = key }).Leaf;
    }

    private static bool SameKey(string one, string other) => one == other || (one.StartsWith("rsa2048", StringComparison.Ordinal) && other.StartsWith("rsa2048", StringComparison.Ordinal));

    private static byte[] Point(ECDsa key) => [.. key.ExportParameters(false).Q.X!, .. key.ExportParameters(false).Q.Y!];
}
