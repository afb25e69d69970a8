using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.Unit.Certificates;

public sealed class SelfSignatureTests
{
    public static MatrixTheoryData<string, string> KeysAndHashes { get; } = new(["EC", "RSA", "RSA-PSS"], ["SHA256", "SHA384", "SHA512"]);

    [Theory]
    [MemberData(nameof(KeysAndHashes))]
    public void IsValid_OwnKey_IsTrue_AndAnotherKeyIsNot(string kind, string hash)
    {
        if (kind == "EC" && hash == "SHA512")
            Wine.Skip("its bcrypt verifies no hash that is longer than the key");
        using var own = Key(kind);
        using var other = Key(kind);
        Assert.True(SelfSignature.IsValid(Sign(own, own, kind, new HashAlgorithmName(hash))));
        Assert.False(SelfSignature.IsValid(Sign(own, other, kind, new HashAlgorithmName(hash))));
    }

    [Fact]
    public void IsValid_KeyOfAnotherKind_IsFalse()
    {
        using var own = Key("EC");
        using var other = Key("RSA");
        Assert.False(SelfSignature.IsValid(Sign(own, other, "RSA", HashAlgorithmName.SHA256)));
        Assert.False(SelfSignature.IsValid(Sign(other, own, "EC", HashAlgorithmName.SHA256)));
    }

    private static AsymmetricAlgorithm Key(string kind) => kind == "EC" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);

    private static X509Certificate2 Sign(AsymmetricAlgorithm subject, AsymmetricAlgorithm signer, string kind, HashAlgorithmName hash)
    {
        var name = new X500DistinguishedName("CN=Root");
        var padding = kind == "RSA-PSS" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        var key = subject is RSA rsa ? new CertificateRequest(name, rsa, hash, padding) : new CertificateRequest(name, (ECDsa)subject, hash);
        var generator = signer is RSA rsaSigner ? X509SignatureGenerator.CreateForRSA(rsaSigner, padding) : X509SignatureGenerator.CreateForECDsa((ECDsa)signer);
        return key.Create(name, generator, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);
    }
}
