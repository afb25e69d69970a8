using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca.Tokens;

public sealed class OneTimeTokenTests
{
    private const string Root = "27d2ce5171de6e2f262f5c54839a7b8a74bac90cceb0f84f7256b4511781f57a";

    [Fact]
    public void Parse_TokenOfStep_HasItsClaims()
    {
        var text = TestTokens.Text("step-sign-sans.jwt");
        var token = OneTimeToken.Parse($" {text}\r\n");
        Assert.Equal(text.Trim(), token.Text);
        Assert.Equal("https://127.0.0.1:19443", token.Ca?.Text);
        Assert.Equal("sign", token.Operation);
        Assert.Equal(Root, token.RootFingerprint);
        Assert.Equal("host.example.com", token.Subject);
        Assert.Equal("admin", token.Issuer);
        Assert.Equal(["a.local", "10.0.0.1", "me@x.org", "spiffe://td/x"], token.Names!);
        Assert.Equal(TimeSpan.FromMinutes(5), token.Expires - token.IssuedAt);
    }

    [Fact]
    public void Parse_RevocationTokenOfStep_IsNotForACertificate()
    {
        var token = OneTimeToken.Parse(TestTokens.Text("step-revoke.jwt"));
        Assert.Equal("revoke", token.Operation);
        Assert.Equal("12345", token.Subject);
    }

    [Fact]
    public void ToString_IsStars() => Assert.Equal("********", OneTimeToken.Parse(TestTokens.Text("step-sign.jwt")).ToString());

    public static TheoryData<string, string> Foreign => new()
    {
        { "OIDC", """{"iss":"https://accounts.example.com","aud":"client-1234","sub":"110169484474386276334","email":"me@example.com","exp":1795904486}""" },
        { "Kubernetes", """{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:default:web","kubernetes.io/serviceaccount/namespace":"default"}""" },
        { "Azure", """{"aud":"https://management.azure.com/","iss":"https://sts.windows.net/1/","xms_mirid":"/subscriptions/1","exp":1795904486}""" },
        { "two audiences", """{"aud":["https://kubernetes.default.svc.cluster.local","k3s"],"sub":"x"}""" },
        { "nothing", "{}" },
        { "null claims", """{"aud":null,"sub":null,"sans":null,"sha":null,"exp":null,"iss":null}""" },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void Parse_TokenOfAnotherType_BringsNoCaAndNoNames(string what, string claims)
    {
        var token = OneTimeToken.Parse(TestTokens.With(Encoding.UTF8.GetBytes(claims)));
        Assert.True(token is { Ca: null, Operation: null, RootFingerprint: null, Names: null }, what);
    }

    [Theory]
    [InlineData("https://ca.example.com/1.0/sign", "https://ca.example.com", "sign")]
    [InlineData("https://CA.example.com:9000/sign", "https://CA.example.com:9000", "sign")]
    [InlineData("https://[2001:db8::1]:9000/1.0/revoke", "https://[2001:db8::1]:9000", "revoke")]
    [InlineData("https://ca.example.com/1.0/sign#x5c/hosts", "https://ca.example.com", "sign")]
    [InlineData("http://ca.example.com/1.0/sign", null, null)]
    [InlineData("https://ca.example.com/", null, null)]
    [InlineData("https://ca.example.com/1.0/sign/more", null, null)]
    [InlineData("https://user@ca.example.com/1.0/sign", null, null)]
    [InlineData("https://evil.example\\@ca.example.com/1.0/sign", null, null)]
    public void Parse_Audience_IsTheCaOnlyForItsOwnPaths(string audience, string? ca, string? operation)
    {
        var token = OneTimeToken.Parse(TestTokens.With(new JsonObject { ["aud"] = audience }));
        Assert.Equal(ca, token.Ca?.Text);
        Assert.Equal(operation, token.Operation);
    }

    [Fact]
    public void Names_WithoutSans_AreTheSubjectForAJwkProvisionerOnly()
    {
        Assert.Equal(["web"], OneTimeToken.Parse(TestTokens.With(new JsonObject { ["aud"] = "https://ca/1.0/sign", ["sub"] = "web" })).Names!);
        Assert.Null(OneTimeToken.Parse(TestTokens.With(new JsonObject { ["aud"] = "https://ca/1.0/sign#gcp/cloud", ["sub"] = "web" })).Names);
    }

    public static TheoryData<string, string> Hostile => new()
    {
        { "nothing", "" },
        { "white space", " \n " },
        { "a password", "hunter2" },
        { "two parts", "e30.e30" },
        { "five parts", "e30.e30.e30.e30.e30" },
        { "no signature", "e30.e30." },
        { "ten megabytes", new string('A', 10_000_000) },
        { "a million dots", new string('.', 1_000_000) },
        { "a PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
        { "JSON", """{"token":"e30.e30.AAAA"}""" },
        { "header not JSON", "AAAA.e30.AAAA" },
        { "header a list", $"{TestJwe.Encode("[]"u8)}.e30.AAAA" },
        { "claims with padding", "e30.e30=.AAAA" },
        { "claims a text", $"e30.{TestJwe.Encode("\"x\""u8)}.AAAA" },
        { "claims of 10000 levels", $"e30.{TestJwe.Encode(Encoding.ASCII.GetBytes("{\"a\":" + new string('[', 10_000)))}.AAAA" },
        { "audience a number", Claims("""{"aud":5}""") },
        { "audiences not texts", Claims("""{"aud":[{"a":1}]}""") },
        { "host not a host", Claims("""{"aud":"https://[::1/1.0/sign"}""") },
        { "port not a port", Claims("""{"aud":"https://ca:99999/1.0/sign"}""") },
        { "fingerprint not a fingerprint", Claims("""{"sha":"../../root_ca.crt"}""") },
        { "subject a list", Claims("""{"sub":["a"]}""") },
        { "half of a surrogate pair", Claims("""{"sub":"\ud800"}""") },
        { "not UTF-8", TestTokens.With([.. "{\"sub\":\""u8, 0xFF, 0xFE, .. "\"}"u8]) },
        { "names a text", Claims("""{"sans":"a,b"}""") },
        { "names not texts", Claims("""{"sans":[1]}""") },
        { "ten thousand names", Claims($$"""{"sans":[{{string.Join(',', Enumerable.Repeat("\"a\"", 10_000))}}]}""") },
        { "expires as text", Claims("""{"exp":"tomorrow"}""") },
        { "expires after the end of time", Claims("""{"exp":1e300}""") },
        { "expires beyond any number", Claims("""{"exp":1e999}""") },
        { "issued before 1970", Claims("""{"iat":-1}""") },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Parse_Hostile_IsRefusedWithinASecondAndNotQuoted(string what, string text)
    {
        var watch = Stopwatch.StartNew();
        var e = Expect.Failure(ErrorId.TokenInvalid, () => OneTimeToken.Parse(text));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{what} took {watch.Elapsed}");
        Assert.True(e.Message.Length < 500, e.Message);
        if (text.Trim().Length > 3)
            Expect.NoSecret(text.Trim(), e);
    }

    private static string Claims(string json) => TestTokens.With(Encoding.UTF8.GetBytes(json));
}
