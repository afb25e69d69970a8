using System.Formats.Asn1;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Unit.Certificates.Keys;

[SupportedOSPlatform("linux")]
public sealed class EcKeyReaderTests
{
    public static TheoryData<string, bool> Forms => new MatrixTheoryData<string, bool>(["nistP256", "nistP384", "nistP521"], [true, false]);

    [LinuxTheory]
    [MemberData(nameof(Forms))]
    public void TryRead_Key_IsThatKey(string curve, bool isSec1)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        using var read = Read(key, isSec1)!;
        Assert.Equal(key.ExportPkcs8PrivateKey(), read.ExportPkcs8PrivateKey());
    }

    // One key in 256 has a number with leading zeros; a reader that trims them would fail sometimes.
    [LinuxFact]
    public void TryRead_ManyKeys_AreThoseKeys()
    {
        for (var number = 0; number < 1500; number++)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var read = Read(key, isSec1: number % 2 == 0)!;
            Assert.Equal(key.ExportSubjectPublicKeyInfo(), read.ExportSubjectPublicKeyInfo());
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Forms))]
    public void TryRead_PublicKeyOfAnotherKey_IsRefused(string curve, bool isSec1)
    {
        using var one = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        using var other = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var der = isSec1 ? one.ExportECPrivateKey() : one.ExportPkcs8PrivateKey();
        var (own, foreign) = (one.ExportParameters(false).Q, other.ExportParameters(false).Q);
        var at = der.AsSpan().IndexOf(own.X);
        foreign.X!.CopyTo(der, at);
        foreign.Y!.CopyTo(der, at + own.X!.Length);
        Assert.Throws<CryptographicException>(() => EcKeyReader.TryRead(der, isSec1 ? KeyFormat.Sec1 : KeyFormat.Pkcs8));
        using var folder = new TestFolder();
        Expect.Failure(ErrorId.KeyInvalid, () => KeyFile.Load(folder.Write("a.key", der)).Dispose());
    }

    [LinuxTheory]
    [InlineData("without a public half")]
    [InlineData("with a compressed point")]
    [InlineData("with a number without its leading zeros")]
    [InlineData("without a curve")]
    public void TryRead_AnotherForm_IsLeftToThePlatform(string form)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (secret, point) = (key.ExportParameters(true).D!, key.ExportParameters(false).Q);
        var der = form switch
        {
            "without a public half" => Sec1(secret, null),
            "with a compressed point" => Sec1(secret, [(byte)(2 + (point.Y![^1] & 1)), .. point.X!]),
            "with a number without its leading zeros" => Sec1(secret[1..], [4, .. point.X!, .. point.Y!]),
            _ => Sec1(secret, [4, .. point.X!, .. point.Y!], withCurve: false),
        };
        Assert.Null(EcKeyReader.TryRead(der, KeyFormat.Sec1));
    }

    [LinuxFact]
    public void TryRead_AnotherStructure_IsLeftToThePlatform() => Assert.Null(EcKeyReader.TryRead(new byte[] { 0x30, 3, 2, 1, 1 }, KeyFormat.Pkcs8));

    private static ECDsaOpenSsl? Read(ECDsa key, bool isSec1) =>
        isSec1 ? EcKeyReader.TryRead(key.ExportECPrivateKey(), KeyFormat.Sec1) : EcKeyReader.TryRead(key.ExportPkcs8PrivateKey(), KeyFormat.Pkcs8);

    private static byte[] Sec1(byte[] secret, byte[]? point, bool withCurve = true)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteOctetString(secret);
            if (withCurve)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    writer.WriteObjectIdentifier("1.2.840.10045.3.1.7");
            }

            if (point is not null)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                    writer.WriteBitString(point);
            }
        }

        return writer.Encode();
    }
}
