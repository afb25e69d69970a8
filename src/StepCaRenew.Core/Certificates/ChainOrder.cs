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
        var chain = new List<ChainLink>(all.Count);
        for (var last = leaf; all.Find(other => other.Issued(last)) is { } issuer; last = issuer)
        {
            chain.Add(issuer);
            all.Remove(issuer);
        }

        chain.AddRange(all);
        return (leaf, chain);
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
