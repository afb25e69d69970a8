using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca.Tokens;

public sealed class RenewTokenTests
{
    private const string Ca = "https://ca.example:9000";
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("p256.pem", "ES256", 64)]
    [InlineData("p384.pem", "ES384", 96)]
    [InlineData("p521.pem", "ES512", 132)]
    [InlineData("rsa2048.pem", "RS256", 256)]
    [InlineData("rsa4096.pem", "RS256", 512)]
    public void Create_AnyKey_IsSignedWithItsAlgorithm(string file, string algorithm, int length)
    {
        Wine.SkipCurve(file);
        AsymmetricAlgorithm key = algorithm == "RS256" ? RSA.Create() : ECDsa.Create();
        key.ImportFromPem(TestKeys.Text(file));
        var pair = TestAuthority.Default.Issue(new LeafSpec { Key = key });
        var (header, _, signed, signature) = Decode(Create(pair));
        Assert.Equal(algorithm, header.GetProperty("alg").GetString());
        Assert.Equal(length, signature.Length);
        Assert.True(Verify(pair.Leaf, algorithm, signed, signature));
    }

    [Fact]
    public void Create_Header_HoldsLeafAndIntermediateAndNothingElse()
    {
        var pair = TestAuthority.Default.Issue();
        var (header, _, _, _) = Decode(Create(pair));
        Assert.Equal(["alg", "typ", "x5cInsecure"], header.EnumerateObject().Select(property => property.Name));
        Assert.Equal("JWT", header.GetProperty("typ").GetString());
        var chain = header.GetProperty("x5cInsecure").EnumerateArray().Select(one => Convert.FromBase64String(one.GetString()!));
        Assert.Equal([pair.Leaf.RawData, TestAuthority.Default.Intermediate.RawData], chain);
    }

    [Fact]
    public void Create_Claims_AreThoseThatTheCaRequires()
    {
        var (_, claims, _, _) = Decode(Create(TestAuthority.Default.Issue()));
        Assert.Equal("https://ca.example/1.0/renew", claims.GetProperty("aud").GetString());
        Assert.Equal("step-ca-client/1.0", claims.GetProperty("iss").GetString());
        Assert.Equal("host.example.com", claims.GetProperty("sub").GetString());
        Assert.Equal(
            (Now.ToUnixTimeSeconds(), Now.ToUnixTimeSeconds(), Now.AddMinutes(5).ToUnixTimeSeconds()),
            (claims.GetProperty("iat").GetInt64(), claims.GetProperty("nbf").GetInt64(), claims.GetProperty("exp").GetInt64()));
        Assert.NotEmpty(claims.GetProperty("jti").GetString()!);
    }

    [Theory]
    [InlineData("https://10.0.0.1:9000", "https://10.0.0.1/1.0/renew")]
    [InlineData("https://[2001:db8::1]:9000", "https://[2001:db8::1]/1.0/renew")]
    // The server compares case-sensitively.
    [InlineData("https://CA01.Corp.Example:9000", "https://CA01.Corp.Example/1.0/renew")]
    [InlineData("HTTPS://Ca.Example/path?query", "https://Ca.Example/1.0/renew")]
    [InlineData("https://2001:DB8::1:9000", "https://[2001:DB8::1]/1.0/renew")]
    [InlineData("https://b\u00fcro.example", "https://xn--bro-hoa.example/1.0/renew")]
    public void Create_Audience_IsTheHostAsTheCaKnowsIt(string ca, string expected)
    {
        var (_, claims, _, _) = Decode(Create(TestAuthority.Default.Issue(), ca));
        Assert.Equal(expected, claims.GetProperty("aud").GetString());
    }

    [Fact]
    public void Create_Twice_IsNeverTheSame()
    {
        var pair = TestAuthority.Default.Issue();
        var ids = Enumerable.Range(0, 5).Select(_ => Decode(Create(pair)).Claims.GetProperty("jti").GetString()).ToHashSet();
        Assert.Equal(5, ids.Count);
    }

    [Fact]
    public void Create_Text_FitsIntoAHeader()
    {
        var token = Create(TestAuthority.Default.Issue(new LeafSpec { Subject = "CN=\"quo\"\"te, \u20ac\"" }));
        Assert.Matches("^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$", token);
        Assert.Equal("quo\"te, \u20ac", Decode(token).Claims.GetProperty("sub").GetString());
    }

    private static string Create(TestPair pair, string ca = Ca) =>
        RenewToken.Create(pair.Keyed(TestAuthority.Default.Intermediate), CaAddress.Parse(ca).Host, Now);

    private static (JsonElement Header, JsonElement Claims, byte[] Signed, byte[] Signature) Decode(string token)
    {
        var parts = token.Split('.');
        return (Json(parts[0]), Json(parts[1]), Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64(parts[2]));
    }

    private static JsonElement Json(string part) => JsonDocument.Parse(Base64(part)).RootElement;

    private static byte[] Base64(string part) =>
        Convert.FromBase64String(part.Replace('-', '+').Replace('_', '/').PadRight((part.Length + 3) / 4 * 4, '='));

    private static bool Verify(X509Certificate2 leaf, string algorithm, byte[] signed, byte[] signature)
    {
        if (algorithm == "RS256")
            return leaf.GetRSAPublicKey()!.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var hash = algorithm switch { "ES256" => HashAlgorithmName.SHA256, "ES384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
        return leaf.GetECDsaPublicKey()!.VerifyData(signed, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
