using System.Text;
using System.Text.Json;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Ca.Tokens;

/// <summary>Makes signed JSON Web Tokens (RFC 7519) in the compact form.</summary>
/// <remarks>
/// No token library: making these few kinds takes little code, and each assembly that a renewal loads makes every run slower.
/// </remarks>
internal static class JsonWebToken
{
    /// <summary>Signs a token. It is secret.</summary>
    /// <param name="key">The key; its algorithm is the first field of the header.</param>
    /// <param name="header">Writes the other fields of the header.</param>
    /// <param name="claims">Writes the claims.</param>
    public static string Sign(PrivateKey key, Action<Utf8JsonWriter> header, Action<Utf8JsonWriter> claims)
    {
        var first = Part(writer =>
        {
            writer.WriteString("alg", key.JwsAlgorithm);
            header(writer);
        });
        var signed = $"{first}.{Part(claims)}";
        return $"{signed}.{Base64Url.Encode(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Part(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Base64Url.Encode(stream.ToArray());
    }
}

/// <summary>Base64url without padding (RFC 7515 section 2), as in all parts of JOSE. (.NET has it from version 9 on.)</summary>
internal static class Base64Url
{
    /// <summary>Encodes bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> data) => Convert.ToBase64String(data).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Decodes a text; null if it has other characters, padding, or an impossible length.</summary>
    public static byte[]? TryDecode(string text)
    {
        if (text.Length % 4 == 1 || !text.All(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_'))
            return null;
        var padded = text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - text.Length % 4) % 4);
        return Convert.FromBase64String(padded);
    }
}
