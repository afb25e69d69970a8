using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.Ca.Tokens;

/// <summary>
/// The token that requests a renewal without mTLS: a JSON Web Token (RFC 7519) signed with the leaf's key, with the chain in
/// the header <c>x5cInsecure</c>.
/// </summary>
internal static class RenewToken
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Makes a token. It is secret, and the CA accepts it once.</summary>
    /// <param name="certificate">The certificate with its chain and its key.</param>
    /// <param name="host">The CA's host as the user wrote it: one of the CA's dnsNames, which are compared case-sensitively.</param>
    /// <param name="now">The current time.</param>
    public static string Create(KeyedCertificate certificate, string host, DateTimeOffset now) =>
        JsonWebToken.Sign(
            certificate.Key,
            header =>
            {
                header.WriteString("typ", "JWT");
                header.WriteStartArray("x5cInsecure");
                foreach (var one in certificate.Chain.Prepend(certificate.Leaf))
                    header.WriteBase64StringValue(one.RawDataMemory.Span);
                header.WriteEndArray();
            },
            claims =>
            {
                // The CA ignores the port.
                claims.WriteString("aud", $"https://{host}/1.0/renew");
                claims.WriteString("iss", "step-ca-client/1.0");
                claims.WriteString("sub", CommonName.FromCertificate(certificate.Leaf));
                claims.WriteString("jti", Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
                claims.WriteNumber("iat", now.ToUnixTimeSeconds());
                claims.WriteNumber("nbf", now.ToUnixTimeSeconds());
                claims.WriteNumber("exp", (now + Lifetime).ToUnixTimeSeconds());
            });
}

/// <summary>Facts of a certificate that explain why a CA refuses its renewal token.</summary>
internal sealed record TokenFacts
{
    /// <summary>Whether the certificate has expired.</summary>
    public bool IsExpired { get; init; }

    /// <summary>An extended key usage that the certificate lacks and that some versions of step-ca require; null if none.</summary>
    public string? MissingUsage { get; init; }

    internal static TokenFacts FromCertificate(X509Certificate2 leaf, bool isExpired) => new()
    {
        IsExpired = isExpired,
        MissingUsage = !ExtendedKeyUsage.AllowsClientAuth(leaf) ? ExtendedKeyUsage.ClientAuthName
            : !ExtendedKeyUsage.AllowsServerAuth(leaf) ? ExtendedKeyUsage.ServerAuthName
            : null,
    };
}
