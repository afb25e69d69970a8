using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using StepCaRenew.Certificates;

namespace StepCaRenew.Ca.Tokens;

/// <summary>
/// The token that requests a renewal without mTLS: a JSON Web Token (RFC 7519) signed with the leaf's key, with the chain in
/// the header <c>x5cInsecure</c>.
/// </summary>
/// <remarks>
/// No token library: making this one kind takes forty lines, and each assembly that a renewal loads makes every run slower.
/// </remarks>
internal static class RenewToken
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Makes a token. It is secret, and the CA accepts it once.</summary>
    /// <param name="certificate">The certificate with its chain and its key.</param>
    /// <param name="host">The CA's host as the user wrote it: one of the CA's dnsNames, which are compared case-sensitively.</param>
    /// <param name="now">The current time.</param>
    public static string Create(KeyedCertificate certificate, string host, DateTimeOffset now)
    {
        var header = Json(writer =>
        {
            writer.WriteString("alg", certificate.Key.JwsAlgorithm);
            writer.WriteString("typ", "JWT");
            writer.WriteStartArray("x5cInsecure");
            foreach (var one in certificate.Chain.Prepend(certificate.Leaf))
                writer.WriteBase64StringValue(one.RawDataMemory.Span);
            writer.WriteEndArray();
        });
        var claims = Json(writer =>
        {
            // The CA ignores the port.
            writer.WriteString("aud", $"https://{host}/1.0/renew");
            writer.WriteString("iss", "step-ca-client/1.0");
            writer.WriteString("sub", CommonName.FromCertificate(certificate.Leaf));
            writer.WriteString("jti", Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteNumber("nbf", now.ToUnixTimeSeconds());
            writer.WriteNumber("exp", (now + Lifetime).ToUnixTimeSeconds());
        });
        var signed = $"{Base64Url(header)}.{Base64Url(claims)}";
        return $"{signed}.{Base64Url(certificate.Key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string Base64Url(byte[] data) => Convert.ToBase64String(data).TrimEnd('=').Replace('+', '-').Replace('/', '_');
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
