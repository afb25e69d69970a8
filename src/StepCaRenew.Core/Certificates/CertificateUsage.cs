using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Whether two certificates may be used for the same (RFC 5280 sections 4.2.1.3, 4.2.1.9 and 4.2.1.12).</summary>
internal static class CertificateUsage
{
    // A new key of another kind cannot do what only RSA can.
    private const X509KeyUsageFlags OfTheKeysKind = X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.DataEncipherment | X509KeyUsageFlags.KeyAgreement;

    /// <summary>How the usage of a new certificate differs from that of an old one, as the end of a sentence about the new one; null if it does not.</summary>
    public static string? DescribeDifference(X509Certificate2 old, X509Certificate2 next)
    {
        if (ChainOrder.IsAuthority(next) && !ChainOrder.IsAuthority(old))
            return "is that of a certificate authority";
        var (had, has) = (ExtendedKeyUsage.ReadNames(old), ExtendedKeyUsage.ReadNames(next));
        if (!had.ToHashSet().SetEquals(has))
            return $"has the extended key usage {Shown(has)} instead of {Shown(had)}";
        var (did, does) = (KeyUsageOf(old), KeyUsageOf(next));
        var compared = old.GetKeyAlgorithm() == next.GetKeyAlgorithm() ? ~X509KeyUsageFlags.None : ~OfTheKeysKind;
        return (did & compared) == (does & compared) ? null : $"has the key usage {does} instead of {did}";
    }

    // Without the extension everything is allowed.
    private static X509KeyUsageFlags KeyUsageOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509KeyUsageExtension>().Select(extension => extension.KeyUsages).FirstOrDefault();

    private static string Shown(IReadOnlyList<string> usages) => usages.Count == 0 ? "'any'" : $"'{string.Join(", ", usages)}'";
}
