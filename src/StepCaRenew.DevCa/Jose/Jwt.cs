using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StepCaRenew.DevCa.Jose;

/// <summary>A signed JSON Web Token in its compact form: three base64url parts.</summary>
public sealed class Jwt
{
    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private Jwt(JsonObject header, JsonObject claims, byte[] signed, byte[] signature)
    {
        Header = header;
        Claims = claims;
        _signed = signed;
        _signature = signature;
    }

    /// <summary>The header; do not trust it before <see cref="IsSignedBy"/>.</summary>
    public JsonObject Header { get; }

    /// <summary>The claims; do not trust them before <see cref="IsSignedBy"/>.</summary>
    public JsonObject Claims { get; }

    /// <summary>Reads a token, and checks only its form.</summary>
    public static Jwt? TryParse(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var parts = token.Split('.');
        if (parts.Length != 3)
            return null;
        try
        {
            return JsonNode.Parse(Base64Url.DecodeFromChars(parts[0])) is JsonObject header
                && JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])) is JsonObject claims
                ? new Jwt(header, claims, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]))
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Signs claims; <c>alg</c> and <c>typ</c> of the header are set from the key.</summary>
    public static string Sign(JsonObject header, JsonObject claims, AsymmetricAlgorithm key)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(claims);
        header["alg"] = JwtAlgorithm.ForKey(key);
        header["typ"] = "JWT";
        var content = $"{Encode(header)}.{Encode(claims)}";
        return $"{content}.{Base64Url.EncodeToString(JwtAlgorithm.Sign(Encoding.ASCII.GetBytes(content), key))}";
    }

    /// <summary>Whether the key made the signature, with the algorithm in the header.</summary>
    public bool IsSignedBy(AsymmetricAlgorithm publicKey) =>
        Text(Header, "alg") == JwtAlgorithm.ForKey(publicKey) && JwtAlgorithm.Verify(_signed, _signature, publicKey);

    /// <summary>A text field; null if it is missing or of another type.</summary>
    public static string? Text(JsonObject json, string name)
    {
        ArgumentNullException.ThrowIfNull(json);
        return json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
