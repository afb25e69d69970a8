using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Finds the leaf and its chain among the certificates of a file, which may be in any order.</summary>
internal static class ChainOrder
{
    /// <summary>Finds the leaf and puts the others in the order of a TLS handshake (RFC 8446 section 4.4.2).</summary>
    /// <exception cref="RenewalException">There are several leaves.</exception>
    public static (ChainLink Leaf, IReadOnlyList<ChainLink> Chain) Sort(IReadOnlyList<ChainLink> certificates, string path)
    {
        var all = Distinct(certificates);
        var leaf = FindLeaf(all, path);
        all.Remove(leaf);
        return (leaf, [.. TakeIssuers(leaf, all), .. all]);
    }

    /// <summary>Takes the leaf's issuer, its issuer and so on out of a list of other certificates.</summary>
    public static List<ChainLink> TakeIssuers(ChainLink leaf, List<ChainLink> others)
    {
        var issuers = new List<ChainLink>(others.Count);
        for (var last = leaf; others.Find(other => other.Issued(last)) is { } issuer; last = issuer)
        {
            issuers.Add(issuer);
            others.Remove(issuer);
        }

        return issuers;
    }

    /// <summary>Whether a certificate is a CA certificate (RFC 5280 section 4.2.1.9).</summary>
    public static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(extension => extension.CertificateAuthority);

    private static List<ChainLink> Distinct(IReadOnlyList<ChainLink> certificates)
    {
        var all = new List<ChainLink>(certificates.Count);
        foreach (var certificate in certificates)
        {
            if (all.Exists(certificate.IsSame))
                certificate.Release();
            else
                all.Add(certificate);
        }

        return all;
    }

    private static ChainLink FindLeaf(List<ChainLink> certificates, string path)
    {
        if (certificates.Count == 1)
            return certificates[0];
        var leaves = certificates.FindAll(certificate => !certificate.IsAuthority);
        return leaves.Count switch
        {
            1 => leaves[0],
            // Only CA certificates: the one that issued none of the others.
            0 => certificates.Find(one => !certificates.Exists(other => other != one && one.Issued(other))) ?? certificates[0],
            _ => throw new RenewalException(
                ErrorId.CertificateAmbiguous,
                $"The certificate file '{path}' holds {leaves.Count} leaf certificates: {string.Join(", ", leaves.Select(one => one.Subject))}.",
                "Keep one leaf with its chain in each file."),
        };
    }
}

/// <summary>A certificate of a file with the fields that give its place in the chain; decoded only if needed.</summary>
internal sealed class ChainLink
{
    private readonly Func<ReadOnlyMemory<byte>, X509Certificate2> decode;
    private readonly IssuerCache? issuers;
    private X509Certificate2? certificate;

    private ChainLink(
        ReadOnlyMemory<byte> der, ReadOnlyMemory<byte> subject, ReadOnlyMemory<byte> issuer, bool isAuthority, Func<ReadOnlyMemory<byte>, X509Certificate2> decode, IssuerCache? issuers) =>
        (Der, SubjectName, IssuerName, IsAuthority, this.decode, this.issuers) = (der, subject, issuer, isAuthority, decode, issuers);

    /// <summary>The certificate, DER.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>Whether it is a CA certificate.</summary>
    public bool IsAuthority { get; }

    /// <summary>The subject as text.</summary>
    public string Subject => new X500DistinguishedName(SubjectName.Span).Name;

    /// <summary>The subject, DER.</summary>
    public ReadOnlyMemory<byte> SubjectName { get; }

    private ReadOnlyMemory<byte> IssuerName { get; }

    /// <summary>Reads a certificate; <paramref name="decode"/> is called at once if its outline cannot be read.</summary>
    /// <param name="der">The certificate.</param>
    /// <param name="decode">Decodes it.</param>
    /// <param name="issuers">Caches CA certificates; null if each is decoded.</param>
    public static ChainLink Create(ReadOnlyMemory<byte> der, Func<ReadOnlyMemory<byte>, X509Certificate2> decode, IssuerCache? issuers = null)
    {
        if (CertificateOutline.TryRead(der) is { } outline)
            return new ChainLink(der, outline.Subject, outline.Issuer, outline.IsAuthority, decode, issuers);
        var decoded = decode(der);
        return new ChainLink(der, decoded.SubjectName.RawData, decoded.IssuerName.RawData, ChainOrder.IsAuthority(decoded), decode, issuers) { certificate = decoded };
    }

    /// <summary>The decoded certificate; valid until <see cref="Release"/>.</summary>
    public X509Certificate2 Decode() => certificate ??= IsAuthority && issuers is not null ? issuers.Decode(Der, decode) : decode(Der);

    /// <summary>Disposes the certificate if it was decoded.</summary>
    public void Release() => certificate?.Dispose();

    /// <summary>Whether its subject is the issuer of another certificate, by name.</summary>
    public bool Issued(ChainLink other) => SubjectName.Span.SequenceEqual(other.IssuerName.Span);

    /// <summary>Whether it is the same certificate: a bundle made by hand may hold one twice.</summary>
    public bool IsSame(ChainLink other) => Der.Span.SequenceEqual(other.Der.Span);
}
