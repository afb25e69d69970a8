using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.DevCa.Pki;

/// <summary>A CA's root and intermediate with their keys.</summary>
public sealed class CaIdentity
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(30);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    /// <summary>Puts a CA together from its parts.</summary>
    public CaIdentity(X509Certificate2 root, ECDsa rootKey, X509Certificate2 intermediate, ECDsa intermediateKey)
    {
        ArgumentNullException.ThrowIfNull(root);
        (Root, RootKey, Intermediate, IntermediateKey) = (root, rootKey, intermediate, intermediateKey);
        Issuer = new(intermediate, intermediateKey);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(root.RawData));
    }

    /// <summary>The root certificate.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>The root's key.</summary>
    public ECDsa RootKey { get; }

    /// <summary>The certificate that signs the leaves.</summary>
    public X509Certificate2 Intermediate { get; }

    /// <summary>The intermediate's key.</summary>
    public ECDsa IntermediateKey { get; }

    /// <summary>Signs leaves with the intermediate.</summary>
    public LeafIssuer Issuer { get; }

    /// <summary>SHA-256 of the root, in small hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>Makes new keys and certificates, which began in the past so that leaves of any age fit below them.</summary>
    public static CaIdentity Create(DateTimeOffset now, string name = "DevCa")
    {
        var begin = now - Age;
        var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = AuthorityRequest($"O={name}, CN={name} Root CA", rootKey, pathLength: 1).CreateSelfSigned(begin, begin + Lifetime);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = AuthorityRequest($"O={name}, CN={name} Intermediate CA", key, pathLength: 0);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));
        var intermediate = request.Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey),
            begin, begin + Lifetime, RandomNumberGenerator.GetBytes(16));
        return new(X509CertificateLoader.LoadCertificate(root.RawData), rootKey, intermediate, key);
    }

    private static CertificateRequest AuthorityRequest(string subject, ECDsa key, int pathLength)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLength));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }
}
