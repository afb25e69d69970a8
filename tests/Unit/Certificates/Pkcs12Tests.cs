using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Inspection;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.Certificates;

public sealed class Pkcs12Tests
{
    [Fact]
    public void Load_Pkcs12AsCertificateOrKey_SaysThatItIsNotSupported()
    {
        using var folder = new TestFolder();
        var pfx = folder.Write("web.pfx", Pfx());
        var problem = Expect.Failure(ErrorId.CertificateUnsupported, () => CertificateFile.Load(pfx));
        Assert.Contains("PKCS#12 is not supported yet", problem.Message, StringComparison.Ordinal);
        Assert.Contains("PKCS#12 is not supported yet", Expect.Failure(ErrorId.KeyUnsupported, () => KeyFile.Load(pfx)).Message, StringComparison.Ordinal);
        Assert.Contains("PKCS#12 is not supported yet", Expect.Failure(ErrorId.CertificateUnsupported, () => CertificateFolder.IsLeaf(pfx)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherStructures_AreNotReportedAsPkcs12()
    {
        using var folder = new TestFolder();
        Expect.Failure(ErrorId.CertificateInvalid, () => CertificateFile.Load(folder.Write("a.der", [0x30, 0x03, 0x02, 0x01, 0x03])));
        Expect.Failure(ErrorId.CertificateInvalid, () => CertificateFile.Load(folder.Write("b.der", Pfx()[..20])));
        Expect.Failure(ErrorId.KeyInvalid, () => KeyFile.Load(folder.Write("c.der", [0x30, 0x03, 0x02, 0x01, 0x03])));
    }

    private static byte[] Pfx()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=web", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        return certificate.Export(X509ContentType.Pkcs12, "secret");
    }
}
