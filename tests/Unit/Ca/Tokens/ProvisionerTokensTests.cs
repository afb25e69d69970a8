using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca.Tokens;

/// <summary>The tokens are compared with tokens that <c>step ca token</c> made for the same provisioner, CA and names.</summary>
public sealed class ProvisionerTokensTests : IDisposable
{
    private const string Root = "27d2ce5171de6e2f262f5c54839a7b8a74bac90cceb0f84f7256b4511781f57a";
    private static readonly string[] Changing = ["jti", "iat", "nbf", "exp"];
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, 900, TimeSpan.Zero);

    private readonly ProvisionerKey key;
    private readonly ProvisionerTokens tokens;

    public ProvisionerTokensTests()
    {
        using var password = new KeyPassword("test-password");
        key = ProvisionerKey.Decrypt([JsonSerializer.Deserialize(TestTokens.Provisioner, CaJson.Default.ProvisionerEntry)!], password);
        tokens = new(key, Settings("https://127.0.0.1:19443"), Root);
    }

    public void Dispose() => tokens.Dispose();

    public static TheoryData<string, string[]> Recorded => new()
    {
        { "step-sign.jwt", ["host.example.com"] },
        { "step-sign-sans.jwt", ["a.local", "10.0.0.1", "me@x.org", "spiffe://td/x"] },
    };

    [Theory]
    [MemberData(nameof(Recorded))]
    public void ForCertificate_Claims_AreThoseOfStep(string recorded, string[] names) =>
        AssertLikeStep(TestTokens.Text(recorded), tokens.ForCertificate("host.example.com", names, Now, ProvisionerTokens.DefaultLifetime));

    [Fact]
    public void ForRevocation_Claims_AreThoseOfStep() => AssertLikeStep(TestTokens.Text("step-revoke.jwt"), tokens.ForRevocation("12345", Now));

    [Fact]
    public void ForCertificate_RecordedToken_HasTheSameSigner()
    {
        foreach (var token in new[] { TestTokens.Text("step-sign.jwt").Trim(), Make() })
        {
            var signed = token[..token.LastIndexOf('.')];
            Assert.True(key.Key.Verify(Encoding.ASCII.GetBytes(signed), TestJwe.Decode(token[(signed.Length + 1)..])));
        }
    }

    [Fact]
    public void ForCertificate_Times_AreWholeSeconds()
    {
        var claims = TestTokens.Claims(tokens.ForCertificate("host", ["host"], Now, TimeSpan.FromMinutes(15)));
        Assert.Equal(1782907200, (long)claims["iat"]!);
        Assert.Equal(1782907200, (long)claims["nbf"]!);
        Assert.Equal(1782908100, (long)claims["exp"]!);
    }

    [Fact]
    public void ForCertificate_Request_IsBoundByItsHash()
    {
        var request = RandomNumberGenerator.GetBytes(300);
        var claims = TestTokens.Claims(tokens.ForCertificate("host", ["host"], Now, ProvisionerTokens.DefaultLifetime, request));
        Assert.Equal(TestJwe.Encode(SHA256.HashData(request)), (string?)claims["cnf"]!["x5rt#S256"]);
        Assert.False(TestTokens.Claims(Make()).ContainsKey("cnf"));
    }

    [Fact]
    public void ForCertificate_Twice_HasAnotherId() => Assert.NotEqual((string?)TestTokens.Claims(Make())["jti"], (string?)TestTokens.Claims(Make())["jti"]);

    [Fact]
    public void ForCertificate_HostAsTheUserWroteIt_IsTheAudience()
    {
        using var other = new ProvisionerTokens(key, Settings("https://CA.Example.com/ignored"), Root);
        Assert.Equal("https://CA.Example.com/1.0/sign", (string?)TestTokens.Claims(other.ForCertificate("host", ["host"], Now, ProvisionerTokens.DefaultLifetime))["aud"]);
    }

    [Theory]
    [InlineData("10s", 10)]
    [InlineData("1h", 3600)]
    [InlineData("00:15:00", 900)]
    public void ParseLifetime_WithinStepsLimits_IsRead(string text, int seconds) => Assert.Equal(seconds, ProvisionerTokens.ParseLifetime(text).TotalSeconds);

    [Theory]
    [InlineData("9s")]
    [InlineData("61m")]
    [InlineData("-5m")]
    [InlineData("5")]
    [InlineData("soon")]
    public void ParseLifetime_Others_AreRefused(string text) => Expect.Failure(ErrorId.InvalidDuration, () => ProvisionerTokens.ParseLifetime(text));

    private string Make() => tokens.ForCertificate("host", ["host"], Now, ProvisionerTokens.DefaultLifetime);

    private static CaSettings Settings(string url)
    {
        var address = CaAddress.Parse(url);
        return new CaSettings(address.Url, "root.crt", null) { Host = address.Host };
    }

    private static void AssertLikeStep(string recorded, string made)
    {
        Assert.Equal(Text(TestTokens.Header(recorded)), Text(TestTokens.Header(made)));
        var (theirs, ours) = (TestTokens.Claims(recorded), TestTokens.Claims(made));
        Assert.Equal(theirs.Select(claim => claim.Key).Order(), ours.Select(claim => claim.Key).Order());
        Assert.Matches("^[0-9a-f]{64}$", (string)theirs["jti"]!);
        Assert.Matches("^[0-9a-f]{64}$", (string)ours["jti"]!);
        Assert.Equal((long)theirs["exp"]! - (long)theirs["iat"]!, (long)ours["exp"]! - (long)ours["iat"]!);
        foreach (var name in Changing)
        {
            theirs.Remove(name);
            ours.Remove(name);
        }

        Assert.Equal(Text(theirs), Text(ours));
    }

    private static string Text(JsonObject json) => new JsonObject(json.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))).ToJsonString();
}
