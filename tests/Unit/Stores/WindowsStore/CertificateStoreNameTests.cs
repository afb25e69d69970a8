using System.Buffers.Binary;
using System.Security.Cryptography;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Unit.Stores.WindowsStore;

public sealed class CertificateStoreNameTests
{
    [Theory]
    [InlineData(@"LocalMachine\My", @"LocalMachine\My")]
    [InlineData("localmachine/my", @"LocalMachine\My")]
    [InlineData(@"Cert:\CurrentUser\webhosting", @"CurrentUser\WebHosting")]
    [InlineData(@"currentuser\Own Store", @"CurrentUser\Own Store")]
    public void Parse_Name_IsWrittenAsWindowsDoes(string given, string expected) => Assert.Equal(expected, CertificateStoreName.Parse(given).Text);

    [Theory]
    [InlineData("My")]
    [InlineData(@"LocalMachine\")]
    [InlineData(@"LocalMachine\ ")]
    [InlineData(@"Machine\My")]
    [InlineData(@"LocalMachine\My\Certificates")]
    [InlineData(@"LocalMachine\M*")]
    [InlineData(@"CurrentUser\..")]
    [InlineData(@"LocalMachine\Root")]
    [InlineData(@"currentuser\ca")]
    [InlineData(@"LocalMachine\Disallowed")]
    public void Parse_NoStoreForPairs_IsRefused(string given) => Expect.Failure(ErrorId.StoreInvalid, () => CertificateStoreName.Parse(given));

    [Fact]
    public void Equals_CaseOfTheName_DoesNotMatter() =>
        Assert.Equal(CertificateStoreName.Parse(@"CurrentUser\Own"), CertificateStoreName.Parse(@"CurrentUser\OWN"));

    // As bcrypt.h describes BCRYPT_RSAKEY_BLOB and BCRYPT_ECCKEY_BLOB: read back by hand.
    [Fact]
    public void KeyBlob_Rsa_HasAllNumbersInTheOrderOfCng()
    {
        using var rsa = RSA.Create(2048);
        var numbers = rsa.ExportParameters(includePrivateParameters: true);
        var (algorithm, format, blob) = KeyBlob.FromKey(new PrivateKey(rsa));
        Assert.Equal(("RSA", "RSAFULLPRIVATEBLOB"), (algorithm, format));
        Assert.Equal("RSA3", System.Text.Encoding.ASCII.GetString(blob.AsSpan(0, 4)));
        var lengths = Enumerable.Range(1, 5).Select(index => BinaryPrimitives.ReadInt32LittleEndian(blob.AsSpan(index * 4))).ToList();
        Assert.Equal([2048, numbers.Exponent!.Length, 256, 128, 128], lengths);
        byte[] expected = [.. numbers.Exponent, .. numbers.Modulus!, .. numbers.P!, .. numbers.Q!, .. numbers.DP!, .. numbers.DQ!, .. numbers.InverseQ!, .. numbers.D!];
        Assert.Equal(expected, blob[24..]);
    }

    [Theory]
    [InlineData("EC-P256", "ECDSA_P256", "ECS2", 32)]
    [InlineData("EC-P384", "ECDSA_P384", "ECS4", 48)]
    [InlineData("EC-P521", "ECDSA_P521", "ECS6", 66)]
    public void KeyBlob_Ec_HasPointAndNumber(string name, string algorithm, string magic, int length)
    {
        Wine.SkipCurve(name.Replace("EC-P", "P-", StringComparison.Ordinal));
        using var key = KeyAlgorithms.Generate(name);
        var numbers = ((ECDsa)key.Handle).ExportParameters(includePrivateParameters: true);
        var made = KeyBlob.FromKey(key);
        Assert.Equal((algorithm, "ECCPRIVATEBLOB"), (made.Algorithm, made.Format));
        Assert.Equal((magic, length), (System.Text.Encoding.ASCII.GetString(made.Blob.AsSpan(0, 4)), BinaryPrimitives.ReadInt32LittleEndian(made.Blob.AsSpan(4))));
        byte[] expected = [.. numbers.Q.X!, .. numbers.Q.Y!, .. numbers.D!];
        Assert.Equal(expected, made.Blob[8..]);
    }

    // On Windows the blobs are read by CNG itself.
    [WindowsFact]
    [System.Runtime.Versioning.SupportedOSPlatform("windows")]
    public void KeyBlob_OnWindows_IsReadByCng()
    {
        using var rsa = RSA.Create(2048);
        var (_, format, blob) = KeyBlob.FromKey(new PrivateKey(rsa));
        using var imported = CngKey.Import(blob, new CngKeyBlobFormat(format));
        using var read = new RSACng(imported);
        Assert.Equal(rsa.ExportSubjectPublicKeyInfo(), read.ExportSubjectPublicKeyInfo());
        var data = new byte[20];
        Assert.True(rsa.VerifyData(data, read.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }
}
