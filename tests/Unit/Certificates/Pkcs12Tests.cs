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
    public void Load_PfxAsKeyFile_SaysThatItIsThePair()
    {
        using var folder = new TestFolder();
        var pfx = folder.Write("web.pfx", Pfx());
        Assert.Contains("is a PFX file, which holds a certificate with its key", Expect.Failure(ErrorId.KeyUnsupported, () => KeyFile.Load(pfx)).Message, StringComparison.Ordinal);
        Expect.Failure(ErrorId.KeyPasswordRequired, () => CertificateFile.Load(pfx));
        using var password = new KeyPassword("secret");
        using var file = CertificateFile.Load(pfx, password);
        Assert.True(file.HoldsKey);
        Assert.True(CertificateFolder.IsLeaf(pfx));
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
