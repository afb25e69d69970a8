using System.Security.Cryptography;
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

/// <summary>The extended key usage of a certificate (RFC 5280 section 4.2.1.12).</summary>
internal static class ExtendedKeyUsage
{
    private const string Any = "2.5.29.37.0";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";

    /// <summary>The name of the usage of TLS clients.</summary>
    internal const string ClientAuthName = "clientAuth";

    /// <summary>The name of the usage of TLS servers.</summary>
    internal const string ServerAuthName = "serverAuth";

    /// <summary>The usages by their standard names; empty if the certificate does not restrict them.</summary>
    public static IReadOnlyList<string> ReadNames(X509Certificate2 certificate) => [.. Oids(certificate).Select(Name)];

    /// <summary>Whether the certificate permits TLS client authentication, which its own renewal needs.</summary>
    public static bool AllowsClientAuth(X509Certificate2 certificate) => Allows(certificate, ClientAuth);

    /// <summary>Whether the certificate permits TLS server authentication.</summary>
    public static bool AllowsServerAuth(X509Certificate2 certificate) => Allows(certificate, ServerAuth);

    private static bool Allows(X509Certificate2 certificate, string usage)
    {
        var oids = Oids(certificate).ToList();
        return oids.Count == 0 || oids.Contains(usage) || oids.Contains(Any);
    }

    private static IEnumerable<string> Oids(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>())
            .Select(oid => oid.Value ?? string.Empty);

    private static string Name(string oid) => oid switch
    {
        Any => "any",
        ClientAuth => ClientAuthName,
        ServerAuth => ServerAuthName,
        "1.3.6.1.5.5.7.3.3" => "codeSigning",
        "1.3.6.1.5.5.7.3.4" => "emailProtection",
        "1.3.6.1.5.5.7.3.8" => "timeStamping",
        "1.3.6.1.5.5.7.3.9" => "OCSPSigning",
        _ => oid,
    };
}
