using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>What a certificate may be used for (RFC 5280 section 4.2.1.12).</summary>
public static class ExtendedKeyUsage
{
    private const string Any = "2.5.29.37.0";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    /// <summary>The usages by their standard names; empty where the certificate does not restrict them.</summary>
    /// <param name="certificate">The certificate.</param>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate) => [.. Oids(certificate).Select(Name)];

    /// <summary>Whether the certificate may authenticate a TLS client, and so its own renewal.</summary>
    /// <param name="certificate">The certificate.</param>
    public static bool AllowsClientAuth(X509Certificate2 certificate)
    {
        var oids = Oids(certificate).ToList();
        return oids.Count == 0 || oids.Contains(ClientAuth) || oids.Contains(Any);
    }

    private static IEnumerable<string> Oids(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>())
            .Select(oid => oid.Value ?? string.Empty);

    private static string Name(string oid) => oid switch
    {
        Any => "any",
        ClientAuth => "clientAuth",
        "1.3.6.1.5.5.7.3.1" => "serverAuth",
        "1.3.6.1.5.5.7.3.3" => "codeSigning",
        "1.3.6.1.5.5.7.3.4" => "emailProtection",
        "1.3.6.1.5.5.7.3.8" => "timeStamping",
        "1.3.6.1.5.5.7.3.9" => "OCSPSigning",
        _ => oid,
    };
}
