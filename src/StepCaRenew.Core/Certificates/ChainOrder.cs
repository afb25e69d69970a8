using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Tells the leaf from its chain in a file that may hold them in any order.</summary>
internal static class ChainOrder
{
    /// <summary>Finds the leaf and puts the others in the order of a TLS handshake (RFC 8446 section 4.4.2).</summary>
    /// <exception cref="RenewalException">There are several leaves.</exception>
    public static (X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Chain) Sort(IReadOnlyList<X509Certificate2> certificates, string path)
    {
        var leaf = FindLeaf(certificates, path);
        // Bundles that were put together by hand hold the same certificate twice.
        var rest = certificates.DistinctBy(one => one.Thumbprint).Where(other => other.Thumbprint != leaf.Thumbprint).ToList();
        var chain = new List<X509Certificate2>(rest.Count);
        for (var last = leaf; rest.Find(other => Issued(other, last)) is { } issuer; last = issuer)
        {
            chain.Add(issuer);
            rest.Remove(issuer);
        }

        chain.AddRange(rest);
        return (leaf, chain);
    }

    /// <summary>Whether a certificate may issue others (RFC 5280 section 4.2.1.9).</summary>
    public static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(extension => extension.CertificateAuthority);

    private static X509Certificate2 FindLeaf(IReadOnlyList<X509Certificate2> certificates, string path)
    {
        if (certificates.Count == 1)
            return certificates[0];
        var leaves = certificates.Where(certificate => !IsAuthority(certificate))
            .DistinctBy(certificate => certificate.Thumbprint).ToList();
        return leaves.Count switch
        {
            1 => leaves[0],
            // Only authorities: the one that issued none of the others.
            0 => certificates.FirstOrDefault(one => !certificates.Any(other => other != one && Issued(one, other))) ?? certificates[0],
            _ => throw new RenewalException(
                ErrorId.CertificateAmbiguous,
                $"The certificate file '{path}' holds {leaves.Count} leaf certificates: {string.Join(", ", leaves.Select(one => one.Subject))}.",
                "Keep one leaf with its chain in each file."),
        };
    }

    private static bool Issued(X509Certificate2 issuer, X509Certificate2 subject) =>
        issuer.SubjectName.RawData.AsSpan().SequenceEqual(subject.IssuerName.RawData);
}
