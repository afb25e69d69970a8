using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Policy;

namespace StepCaRenew.Unit.Certificates;

/// <summary>The outline has the platform's values, or is null.</summary>
public sealed class CertificateOutlineTests(ITestOutputHelper output)
{
    private const int Mutations = 3000;

    public static TheoryData<string> Names => new(Certificates.Keys);

    private static Dictionary<string, X509Certificate2> Certificates { get; } = new(NotOnWine())
    {
        ["as step-ca issues it"] = TestAuthority.Default.Issue().Leaf,
        ["authority"] = TestAuthority.Default.Intermediate,
        ["root"] = TestAuthority.Default.Root,
        ["RSA"] = TestAuthority.Default.Issue(new LeafSpec { Key = RSA.Create(2048) }).Leaf,
        ["serial number of one byte"] = TestAuthority.Default.Issue(new LeafSpec { SerialNumber = [5] }).Leaf,
        ["serial number with its first bit set"] = TestAuthority.Default.Issue(new LeafSpec { SerialNumber = [0xF0, 1, 2, 3] }).Leaf,
        ["serial number with a padding byte"] = TestAuthority.Default.Issue(new LeafSpec { SerialNumber = [0, 0xF0, 1, 2, 3] }).Leaf,
        ["serial number of 20 bytes"] = TestAuthority.Default.Issue(new LeafSpec { SerialNumber = [.. Enumerable.Repeat((byte)0x7F, 20)] }).Leaf,
        ["after 2049"] = TestAuthority.Default.Issue(new LeafSpec { NotAfter = new(2055, 6, 1, 12, 30, 15, TimeSpan.Zero) }).Leaf,
        ["for ever"] = TestAuthority.Default.Issue(new LeafSpec { NotAfter = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero) }).Leaf,
        ["no subject"] = TestAuthority.Default.Issue(new LeafSpec { Subject = string.Empty }).Leaf,
        ["no extension but one"] = TestAuthority.Default.Issue(new LeafSpec { Usages = [], DnsNames = [] }).Leaf,
    };

    // Wine does not have the curve, and cannot read such a subject.
    private static Dictionary<string, X509Certificate2> NotOnWine() => Wine.IsHere ? [] : new()
    {
        ["P-521"] = TestAuthority.Default.Issue(new LeafSpec { Key = ECDsa.Create(ECCurve.NamedCurves.nistP521) }).Leaf,
        ["long subject"] = TestAuthority.Default.Issue(new LeafSpec { Subject = "CN=host.example.com, OU=Ünits, O=\"Example, Inc.\", C=DE" }).Leaf,
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void TryRead_Certificate_EqualsThePlatformsValues(string name)
    {
        var certificate = Certificates[name];
        Assert.True(CertificateOutline.HasShape(certificate.RawData));
        DemandSame(certificate, CertificateOutline.TryRead(certificate.RawData)!);
    }

    [Fact]
    public void TryRead_RandomDamage_EqualsThePlatformsValuesOrIsNull()
    {
        var damage = new RandomDamage(20261125);
        var seeds = Certificates.Values.Select(certificate => certificate.RawData).ToArray();
        var (same, refused) = (0, 0);
        for (var number = 0; number < Mutations; number++)
        {
            var der = damage.Apply(seeds[number % seeds.Length]);
            if (CertificateOutline.TryRead(der) is not { } outline || TryDecode(der) is not { } certificate)
            {
                refused++;
                continue;
            }

            using (certificate)
                DemandSame(certificate, outline);
            same++;
        }

        output.WriteLine($"{same} were read by both, {refused} refused by one of them.");
        Assert.True(same > Mutations / 20 && refused > Mutations / 20, $"{same} and {refused}");
    }

    [Fact]
    public void HasShape_OtherStructures_IsFalse()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = TestAuthority.Default.Issue().Leaf;
        Assert.False(CertificateOutline.HasShape(key.ExportPkcs8PrivateKey()));
        Assert.False(CertificateOutline.HasShape(key.ExportSubjectPublicKeyInfo()));
        Assert.False(CertificateOutline.HasShape(leaf.Export(X509ContentType.Pkcs12)));
        Assert.False(CertificateOutline.HasShape(new X509Certificate2Collection(leaf).Export(X509ContentType.Pkcs7)));
        Assert.False(CertificateOutline.HasShape("0"u8.ToArray()));
    }

    private static void DemandSame(X509Certificate2 certificate, CertificateOutline outline)
    {
        var expected = CertificateValidity.FromCertificate(certificate);
        Assert.Equal(expected, new CertificateValidity(outline.NotBefore, outline.NotAfter, CertificateSpread.ForCertificate(outline.Issuer.Span, outline.SerialNumber.Span)));
        Assert.Equal(certificate.SerialNumber, Convert.ToHexString(outline.SerialNumber.Span));
        Assert.Equal(certificate.SubjectName.RawData, outline.Subject.ToArray());
        Assert.Equal(certificate.IssuerName.RawData, outline.Issuer.ToArray());
        Assert.Equal(certificate.PublicKey.ExportSubjectPublicKeyInfo(), outline.PublicKey.ToArray());
        Assert.Equal(ChainOrder.IsAuthority(certificate), outline.IsAuthority);
    }

    private static X509Certificate2? TryDecode(byte[] der)
    {
        try
        {
#pragma warning disable SYSLIB0057 // X509CertificateLoader came with .NET 9.
            var certificate = new X509Certificate2(der);
#pragma warning restore SYSLIB0057
            // Decoded only when used, and then possibly refused.
            _ = (certificate.NotBefore, certificate.NotAfter, certificate.Subject, ChainOrder.IsAuthority(certificate), certificate.PublicKey.ExportSubjectPublicKeyInfo());
            return certificate;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
