using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>
/// The token with which a certificate asks for its renewal without mTLS: a JSON web token (RFC 7519) signed with the
/// leaf's key, the chain in the header <c>x5cInsecure</c>.
/// </summary>
/// <remarks>
/// Forty lines instead of a token library: the one kind that is made here needs no validation, no key store and no
/// discovery, and every assembly that a renewal loads is paid for at each run.
/// </remarks>
public static class RenewToken
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Makes a token; it is a secret until it is used, and good once.</summary>
    /// <param name="pair">The certificate with its chain and its key.</param>
    /// <param name="host">The CA's host as the user wrote it; it must be one of the CA's dnsNames, which are compared by case.</param>
    /// <param name="now">The present moment.</param>
    public static string Create(CertificatePair pair, string host, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(host);
        var header = Json(writer =>
        {
            writer.WriteString("alg", pair.Key.JwsAlgorithm);
            writer.WriteString("typ", "JWT");
            writer.WriteStartArray("x5cInsecure");
            foreach (var certificate in pair.Certificate.Chain.Prepend(pair.Leaf))
                writer.WriteBase64StringValue(certificate.RawDataMemory.Span);
            writer.WriteEndArray();
        });
        var claims = Json(writer =>
        {
            // The port does not count.
            writer.WriteString("aud", $"https://{host}/1.0/renew");
            writer.WriteString("iss", "step-ca-client/1.0");
            writer.WriteString("sub", CommonName.FromCertificate(pair.Leaf));
            writer.WriteString("jti", Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteNumber("nbf", now.ToUnixTimeSeconds());
            writer.WriteNumber("exp", (now + Lifetime).ToUnixTimeSeconds());
        });
        var signed = $"{Base64Url(header)}.{Base64Url(claims)}";
        return $"{signed}.{Base64Url(pair.Key.Sign(Encoding.ASCII.GetBytes(signed)))}";
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
