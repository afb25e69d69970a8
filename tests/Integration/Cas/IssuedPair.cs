using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Integration.Cas;

/// <summary>A certificate and its key, as PEM files and in memory.</summary>
/// <param name="CertificatePath">Leaf and intermediates.</param>
/// <param name="KeyPath">PKCS#8, readable only by the owner.</param>
/// <param name="Leaf">Without its key.</param>
/// <param name="Intermediate">Its issuer.</param>
public sealed record IssuedPair(string CertificatePath, string KeyPath, X509Certificate2 Leaf, X509Certificate2 Intermediate)
{
    /// <summary>All certificates between the leaf and its root, the issuer first.</summary>
    public IReadOnlyList<X509Certificate2> Intermediates { get; init; } = [Intermediate];

    /// <summary>The serial as a decimal number, as in the CA's API.</summary>
    public string Serial => new BigInteger(Leaf.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true).ToString();

    public AsymmetricAlgorithm LoadKey()
    {
        AsymmetricAlgorithm key = Leaf.PublicKey.Oid.Value == "1.2.840.10045.2.1" ? ECDsa.Create() : RSA.Create();
        key.ImportFromPem(File.ReadAllText(KeyPath));
        return key;
    }

    /// <summary>The leaf with its key, for a TLS client.</summary>
    public X509Certificate2 LoadWithKey()
    {
        var certificate = X509Certificate2.CreateFromPemFile(CertificatePath, KeyPath);
        if (!OperatingSystem.IsWindows())
            return certificate;
        // SChannel does not accept a key that exists only in memory.
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
