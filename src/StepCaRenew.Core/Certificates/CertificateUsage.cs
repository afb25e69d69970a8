using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>The purposes that a certificate allows (RFC 5280 sections 4.2.1.3, 4.2.1.9 and 4.2.1.12).</summary>
/// <param name="IsAuthority">Whether it is a CA certificate.</param>
/// <param name="ExtendedUsages">The extended key usages; empty if they are not restricted.</param>
/// <param name="KeyUsages">The key usages; none if they are not restricted.</param>
/// <param name="KeyAlgorithm">The object identifier of the key's algorithm.</param>
internal sealed record CertificateUsage(bool IsAuthority, IReadOnlyList<string> ExtendedUsages, X509KeyUsageFlags KeyUsages, string KeyAlgorithm)
{
    // These depend on the algorithm: an EC key cannot encipher.
    private const X509KeyUsageFlags AlgorithmUsages = X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment | X509KeyUsageFlags.KeyAgreement;

    /// <summary>The usage of a certificate.</summary>
    public static CertificateUsage FromCertificate(X509Certificate2 certificate) => new(
        ChainOrder.IsAuthority(certificate), ExtendedKeyUsage.ReadNames(certificate),
        certificate.Extensions.OfType<X509KeyUsageExtension>().Select(extension => extension.KeyUsages).FirstOrDefault(),
        certificate.GetKeyAlgorithm());

    /// <summary>How the usage of a new certificate differs from this one, such as "has the key usage …"; null if it does not differ.</summary>
    public string? DescribeDifference(CertificateUsage next)
    {
        if (next.IsAuthority && !IsAuthority)
            return "is a CA certificate";
        if (!ExtendedUsages.ToHashSet().SetEquals(next.ExtendedUsages))
            return $"has the extended key usage {Shown(next.ExtendedUsages)} instead of {Shown(ExtendedUsages)}";
        var compared = KeyAlgorithm == next.KeyAlgorithm ? ~X509KeyUsageFlags.None : ~AlgorithmUsages;
        return (KeyUsages & compared) == (next.KeyUsages & compared) ? null : $"has the key usage {next.KeyUsages} instead of {KeyUsages}";
    }

    private static string Shown(IReadOnlyList<string> usages) => usages.Count == 0 ? "'any'" : $"'{string.Join(", ", usages)}'";
}
