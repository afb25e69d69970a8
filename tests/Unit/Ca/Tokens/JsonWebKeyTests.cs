using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca.Tokens;

public sealed class JsonWebKeyTests
{
    private const string NotOnTheCurve = "point not on the curve";

    [Theory]
    [InlineData("P-256", "ES256")]
    [InlineData("P-384", "ES384")]
    [InlineData("P-521", "ES512")]
    public void ReadPrivate_Ec_SignsForItsPublicKey(string curve, string algorithm)
    {
        Wine.SkipCurve(curve);
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName("nist" + curve.Replace("-", "", StringComparison.Ordinal)));
        using var read = Read(Ec(key, curve));
        Assert.Equal(algorithm, read.JwsAlgorithm);
        Assert.Equal($"EC {curve}", read.Algorithm);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), read.ExportSubjectPublicKeyInfo());
        Assert.True(new PrivateKey(key).Verify("text"u8, read.Sign("text"u8)));
    }

    [Fact]
    public void ReadPrivate_NumberWithoutItsLeadingZeros_IsTheSameKey()
    {
        // A key whose x begins with a zero byte; one of 256 does.
        ECDsa key;
        do
            key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        while (key.ExportParameters(false).Q.X![0] != 0);
        var jwk = Ec(key, "P-256");
        jwk["x"] = TestJwe.Encode(key.ExportParameters(false).Q.X!.AsSpan().TrimStart((byte)0));
        using var read = Read(jwk);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), read.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void ReadPrivate_Rsa_SignsForItsPublicKey()
    {
        using var key = RSA.Create(2048);
        using var read = Read(Rsa(key));
        Assert.Equal("RS256", read.JwsAlgorithm);
        Assert.True(key.VerifyData("text"u8, read.Sign("text"u8), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public static TheoryData<string, string, string> Hostile
    {
        get
        {
            using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var rsa = RSA.Create(2048);
            return new()
            {
                { "no type", Without(Ec(ec, "P-256"), "kty"), "type" },
                { "symmetric", """{"kty":"oct","k":"AAAA"}""", "'oct'" },
                { "other curve", Changed(Ec(ec, "P-256"), "crv", "secp256k1"), "'secp256k1'" },
                { "no private part", Without(Ec(ec, "P-256"), "d"), "'d' is missing" },
                { NotOnTheCurve, Changed(Ec(ec, "P-256"), "y", TestJwe.Encode(new byte[32])), "not a key" },
                { "number too long", Changed(Ec(ec, "P-256"), "x", TestJwe.Encode(new byte[33])), "'x' is too long" },
                { "number of a megabyte", Changed(Ec(ec, "P-256"), "d", TestJwe.Encode(new byte[1_000_000])), "'d' is too long" },
                { "number as a list", Changed(Ec(ec, "P-256"), "d", new JsonArray(1, 2)), "'d' is not a text" },
                { "number not base64url", Changed(Ec(ec, "P-256"), "d", "+/+/"), "'d' is not base64url" },
                { "modulus of 64 KB", Changed(Rsa(rsa), "n", TestJwe.Encode(Enumerable.Repeat((byte)255, 64 * 1024).ToArray())), "'n' is too long" },
                { "modulus of 512 bits", Changed(Rsa(rsa), "n", TestJwe.Encode(Enumerable.Repeat((byte)255, 64).ToArray())), "shorter than 2048 bits" },
                { "exponent of a kilobyte", Changed(Rsa(rsa), "e", TestJwe.Encode(Enumerable.Repeat((byte)255, 1024).ToArray())), "'e' is too long" },
                { "no primes", Without(Rsa(rsa), "p"), "'p' is missing" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void ReadPrivate_Hostile_IsRefusedWithinASecond(string what, string jwk, string message)
    {
        if (what == NotOnTheCurve)
            Wine.Skip("its bcrypt imports a point that is not on the curve");
        var watch = Stopwatch.StartNew();
        var e = Assert.Throws<FormatException>(() => JsonWebKey.ReadPrivate(JoseObject.Parse(Encoding.UTF8.GetBytes(jwk), "content")));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{what} took {watch.Elapsed}");
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private static PrivateKey Read(JsonObject jwk) => JsonWebKey.ReadPrivate(JoseObject.Parse(Encoding.UTF8.GetBytes(jwk.ToJsonString()), "content"));

    private static string Changed(JsonObject jwk, string field, JsonNode value)
    {
        jwk[field] = value;
        return jwk.ToJsonString();
    }

    private static string Without(JsonObject jwk, string field)
    {
        jwk.Remove(field);
        return jwk.ToJsonString();
    }

    private static JsonObject Ec(ECDsa key, string curve)
    {
        var parameters = key.ExportParameters(true);
        return new()
        {
            ["kty"] = "EC",
            ["crv"] = curve,
            ["x"] = TestJwe.Encode(parameters.Q.X),
            ["y"] = TestJwe.Encode(parameters.Q.Y),
            ["d"] = TestJwe.Encode(parameters.D),
        };
    }

    private static JsonObject Rsa(RSA key)
    {
        var parameters = key.ExportParameters(true);
        return new()
        {
            ["kty"] = "RSA",
            ["n"] = TestJwe.Encode(parameters.Modulus),
            ["e"] = TestJwe.Encode(parameters.Exponent),
            ["d"] = TestJwe.Encode(parameters.D),
            ["p"] = TestJwe.Encode(parameters.P),
            ["q"] = TestJwe.Encode(parameters.Q),
            ["dp"] = TestJwe.Encode(parameters.DP),
            ["dq"] = TestJwe.Encode(parameters.DQ),
            ["qi"] = TestJwe.Encode(parameters.InverseQ),
        };
    }
}
