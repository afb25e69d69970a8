using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Compares the permitted usage of two certificates (RFC 5280 sections 4.2.1.3, 4.2.1.9 and 4.2.1.12).</summary>
internal static class CertificateUsage
{
    // These depend on the algorithm: an EC key cannot encipher.
    private const X509KeyUsageFlags AlgorithmUsages = X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment | X509KeyUsageFlags.KeyAgreement;

    /// <summary>How the usage of a new certificate differs from that of the old one, such as "has the key usage …"; null if it does not differ.</summary>
    public static string? DescribeDifference(X509Certificate2 old, X509Certificate2 next)
    {
        if (ChainOrder.IsAuthority(next) && !ChainOrder.IsAuthority(old))
            return "is a CA certificate";
        var (had, has) = (ExtendedKeyUsage.ReadNames(old), ExtendedKeyUsage.ReadNames(next));
        if (!had.ToHashSet().SetEquals(has))
            return $"has the extended key usage {Shown(has)} instead of {Shown(had)}";
        var (did, does) = (KeyUsageOf(old), KeyUsageOf(next));
        var compared = old.GetKeyAlgorithm() == next.GetKeyAlgorithm() ? ~X509KeyUsageFlags.None : ~AlgorithmUsages;
        return (did & compared) == (does & compared) ? null : $"has the key usage {does} instead of {did}";
    }

    // None without the extension, which permits every usage.
    private static X509KeyUsageFlags KeyUsageOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509KeyUsageExtension>().Select(extension => extension.KeyUsages).FirstOrDefault();

    private static string Shown(IReadOnlyList<string> usages) => usages.Count == 0 ? "'any'" : $"'{string.Join(", ", usages)}'";
}
