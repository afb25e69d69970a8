using System.Security.Cryptography;

namespace StepCaRenew.Certificates.Keys;

/// <summary>The elliptic curves that step-ca and .NET both support.</summary>
internal static class NamedCurve
{
    /// <summary>The curve's name in TLS and JOSE (<c>P-256</c>), or null for another curve.</summary>
    public static string? FindName(ECDsa key)
    {
        var oid = key.ExportParameters(includePrivateParameters: false).Curve.Oid;
        return oid?.Value switch
        {
            "1.2.840.10045.3.1.7" => "P-256",
            "1.3.132.0.34" => "P-384",
            "1.3.132.0.35" => "P-521",
            // Windows gives a name instead of an OID.
            _ => oid?.FriendlyName switch
            {
                "nistP256" or "ECDSA_P256" => "P-256",
                "nistP384" or "ECDSA_P384" => "P-384",
                "nistP521" or "ECDSA_P521" => "P-521",
                _ => null,
            },
        };
    }

    /// <summary>A name of any curve, for messages.</summary>
    public static string Describe(ECDsa key)
    {
        var oid = key.ExportParameters(includePrivateParameters: false).Curve.Oid;
        return FindName(key) ?? oid?.FriendlyName ?? oid?.Value ?? "an unnamed curve";
    }
}
