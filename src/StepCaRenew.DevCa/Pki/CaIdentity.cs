using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.DevCa.Pki;

/// <summary>The roots and intermediates of a CA, with its signing keys.</summary>
public sealed class CaIdentity
{
    private static readonly TimeSpan Age = TimeSpan.FromDays(30);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    /// <summary>Makes a CA of its parts: the oldest root first, the intermediate that signs leaves first.</summary>
    public CaIdentity(
        IReadOnlyList<X509Certificate2> roots, ECDsa rootKey, IReadOnlyList<X509Certificate2> intermediates, ECDsa intermediateKey)
    {
        ArgumentNullException.ThrowIfNull(roots);
        ArgumentNullException.ThrowIfNull(intermediates);
        (Roots, RootKey, Intermediates, IntermediateKey) = (roots, rootKey, intermediates, intermediateKey);
        Issuer = new(Intermediate, intermediateKey);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Root.RawData));
    }

    /// <summary>All roots that the CA serves and trusts, the oldest first.</summary>
    public IReadOnlyList<X509Certificate2> Roots { get; }

    /// <summary>The first root, which the clients have.</summary>
    public X509Certificate2 Root => Roots[0];

    /// <summary>The key of the newest root.</summary>
    public ECDsa RootKey { get; }

    /// <summary>The certificates between a leaf and its root, the one that signs leaves first.</summary>
    public IReadOnlyList<X509Certificate2> Intermediates { get; }

    /// <summary>The certificate that signs the leaves.</summary>
    public X509Certificate2 Intermediate => Intermediates[0];

    /// <summary>The key of the certificate that signs the leaves.</summary>
    public ECDsa IntermediateKey { get; }

    /// <summary>Signs leaves with the intermediate.</summary>
    public LeafIssuer Issuer { get; }

    /// <summary>SHA-256 of the first root, lower-case hexadecimal.</summary>
    public string Fingerprint { get; }

    /// <summary>Makes new keys and certificates. They begin in the past, so that leaves of any age fit into their validity.</summary>
    public static CaIdentity Create(DateTimeOffset now, string name = "DevCa")
    {
        var (root, rootKey) = NewRoot(now, $"{name} Root CA");
        return Under([root], rootKey, now, $"{name} Intermediate CA", 1);
    }

    /// <summary>
    /// The CA after a rotation: one new intermediate, or two, the second issued by the first. Its root is the same,
    /// or a new one, which the CA serves together with the old one.
    /// </summary>
    public CaIdentity Rotate(DateTimeOffset now, int intermediates = 1, bool newRoot = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(intermediates, 1);
        // A unique name, as administrators choose it.
        var name = $"DevCa Intermediate CA {Convert.ToHexString(RandomNumberGenerator.GetBytes(4))}";
        if (!newRoot)
            return Under(Roots, RootKey, now, name, intermediates);
        var (root, key) = NewRoot(now, $"DevCa Root CA {Roots.Count + 1}");
        return Under([.. Roots, root], key, now, name, intermediates);
    }

    private static CaIdentity Under(IReadOnlyList<X509Certificate2> roots, ECDsa rootKey, DateTimeOffset now, string name, int count)
    {
        var (issuer, issuerKey) = (roots[^1], rootKey);
        List<X509Certificate2> chain = [];
        for (var below = count - 1; below >= 0; below--)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = AuthorityRequest($"O=DevCa, CN={name}{(below > 0 ? $" {below}" : "")}", key, below);
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
            var begin = now - Age;
            chain.Insert(0, request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey),
                begin, begin + Lifetime, RandomNumberGenerator.GetBytes(16)));
            (issuer, issuerKey) = (chain[0], key);
        }
        return new(roots, rootKey, chain, issuerKey);
    }

    private static (X509Certificate2 Root, ECDsa Key) NewRoot(DateTimeOffset now, string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var begin = now - Age;
        // A path length of 2 permits two intermediates.
        using var root = AuthorityRequest($"O=DevCa, CN={name}", key, pathLength: 2).CreateSelfSigned(begin, begin + Lifetime);
        return (X509CertificateLoader.LoadCertificate(root.RawData), key);
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
