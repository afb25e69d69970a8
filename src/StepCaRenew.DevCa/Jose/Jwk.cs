using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace StepCaRenew.DevCa.Jose;

/// <summary>A P-256 key in the JSON form of RFC 7517, as a JWK provisioner has it.</summary>
public static class Jwk
{
    /// <summary>The public key, with the thumbprint of RFC 7638 as its id.</summary>
    public static JsonObject Public(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var point = key.ExportParameters(false).Q;
        var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
        return new JsonObject
        {
            ["use"] = "sig",
            ["kty"] = "EC",
            ["kid"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical))),
            ["crv"] = "P-256",
            ["alg"] = "ES256",
            ["x"] = x,
            ["y"] = y,
        };
    }

    /// <summary>The public and the private key.</summary>
    public static JsonObject Private(ECDsa key)
    {
        var jwk = Public(key);
        jwk["d"] = Base64Url.EncodeToString(key.ExportParameters(true).D);
        return jwk;
    }

    /// <summary>Reads a key; a private key if the JSON contains one.</summary>
    public static ECDsa Read(JsonObject jwk)
    {
        ArgumentNullException.ThrowIfNull(jwk);
        return ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Part("x"), Y = Part("y") },
            D = jwk.ContainsKey("d") ? Part("d") : null,
        });

        byte[] Part(string name) => Base64Url.DecodeFromChars((string)jwk[name]!);
    }
}
