using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Fixtures;

/// <summary>A leaf and its key in memory.</summary>
internal sealed record TestPair(X509Certificate2 Leaf, AsymmetricAlgorithm Key)
{
    public string CertificatePem => Leaf.ExportCertificatePem() + "\n";

    public string KeyPem => Key.ExportPkcs8PrivateKeyPem() + "\n";

    public byte[] KeyDer => Key.ExportPkcs8PrivateKey();

    /// <summary>The pair with its chain, as the CA client takes it.</summary>
    public KeyedCertificate Keyed(params X509Certificate2[] chain) => new(Leaf, chain, PrivateKey, "web.crt");

    /// <summary>The key as the product has it; it is not disposed, since tests share it.</summary>
    public PrivateKey PrivateKey => Key is RSA rsa ? new PrivateKey(rsa) : new PrivateKey((ECDsa)Key);

    /// <summary>Writes <c>{name}.crt</c> with the chain and <c>{name}.key</c>, last written long ago.</summary>
    public (string Certificate, string Key) WriteTo(TestFolder folder, string name, params X509Certificate2[] chain)
    {
        var certificate = folder.Write(name + ".crt", CertificatePem + string.Concat(chain.Select(one => one.ExportCertificatePem() + "\n")));
        var key = folder.Write(name + ".key", KeyPem);
        File.SetLastWriteTimeUtc(certificate, Past);
        File.SetLastWriteTimeUtc(key, Past);
        return (certificate, key);
    }

    // New files that do not match are read again for some time.
    private static DateTime Past => new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
}
