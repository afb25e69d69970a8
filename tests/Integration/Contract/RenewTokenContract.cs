using System.Security.Cryptography;
using System.Text.Json.Nodes;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>POST /renew with a token in place of the client certificate.</summary>
public abstract class RenewTokenContract(CaKind kind) : CaContract(kind)
{
    private const string Invalid = "error validating renew token";

    private static Task<CaAnswer> RenewAsync(ITestCa ca, string token, IssuedPair? client = null) =>
        PostAsync(ca, "/1.0/renew", client: client, bearer: token);

    /// <summary>Renews a fresh certificate by a token with changed claims.</summary>
    private async Task<CaAnswer> RenewAsync(Action<JsonObject> claims)
    {
        var ca = await CaAsync();
        return await RenewAsync(ca, RenewToken.Create(await IssueAsync(ca), claims));
    }

    [Theory]
    [InlineData("EC-P256")]
    [InlineData("EC-P384")]
    [InlineData("EC-P521")]
    [InlineData("RSA-2048")]
    public async Task GoodToken_GivesTheSameNamesAgain(string key)
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca, key: key);
        var answer = await RenewAsync(ca, RenewToken.Create(pair));
        Assert.Equal(201, answer.Status);
        LeafAssert.IsRenewed(pair.Leaf, answer.Chain[0], answer.Chain[1]);
    }

    [Theory]
    [InlineData("https://127.0.0.1/1.0/renew")]
    [InlineData("https://localhost/renew")]
    [InlineData("https://127.0.0.1:12345/renew")]
    public async Task Audience_MayVary(string audience) =>
        Assert.Equal(201, (await RenewAsync(claims => claims["aud"] = audience)).Status);

    [Theory]
    [InlineData("https://127.0.0.1/sign")]
    [InlineData("https://elsewhere/renew")]
    [InlineData(null)]
    public async Task WrongOrMissingAudience_Is500(string? audience) =>
        (await RenewAsync(claims => _ = audience is null ? claims.Remove("aud") : (claims["aud"] = audience) is null)).AssertRefused(500, $"{Invalid}: invalid audience claim (aud)");

    [Theory]
    [InlineData("https://LOCALHOST/renew", false)]
    [InlineData("https://CA01.Corp.Example/renew", true)]
    [InlineData("https://CA01.Corp.Example:9000/1.0/renew", true)]
    [InlineData("https://ca01.corp.example/renew", false)]
    [InlineData("HTTPS://CA01.Corp.Example:9000/renew", true)]
    [InlineData("https://CA01.Corp.Example/Renew", false)]
    [InlineData("https://[2001:db8::1]:9000/renew", true)]
    [InlineData("https://[2001:DB8::1]:9000/renew", false)]
    public async Task Audience_IsComparedByCase(string audience, bool good)
    {
        var ca = await CaAsync(new() { DnsNames = "127.0.0.1,localhost,CA01.Corp.Example,2001:db8::1" });
        var answer = await RenewAsync(ca, RenewToken.Create(await IssueAsync(ca), claims => claims["aud"] = audience));
        if (good)
            Assert.Equal(201, answer.Status);
        else
            answer.AssertRefused(500, $"{Invalid}: invalid audience claim (aud)");
    }

    [Fact]
    public async Task Issuer_MayBeTheProvisioner() =>
        Assert.Equal(201, (await RenewAsync(claims => claims["iss"] = "admin")).Status);

    [Fact]
    public async Task WrongIssuer_Is401InAnotherForm()
    {
        var answer = await RenewAsync(claims => claims["iss"] = "me");
        Assert.Equal(401, answer.Status);
        Assert.Equal($$"""{"type":"unauthorized","detail":"unauthorized","message":"{{Invalid}}: invalid issuer claim (iss)"}""", answer.Text.Trim());
    }

    [Fact]
    public async Task WrongSubject_Is401() =>
        (await RenewAsync(claims => claims["sub"] = "me")).AssertRefused(401, $"{Invalid}: invalid subject claim (sub)");

    [Theory]
    [InlineData("exp", -90, "token is expired (exp)")]
    [InlineData("nbf", 90, "token not valid yet (nbf)")]
    [InlineData("iat", 90, "token issued in the future (iat)")]
    public async Task WrongTime_Is401(string claim, int seconds, string message) =>
        (await RenewAsync(claims => claims[claim] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds)).AssertRefused(401, $"{Invalid}: {message}");

    [Theory]
    [InlineData("exp", -30)]
    [InlineData("nbf", 30)]
    public async Task Times_HaveAMinuteOfLeeway(string claim, int seconds) =>
        Assert.Equal(201, (await RenewAsync(claims => claims[claim] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds)).Status);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UsedTwice_Is401(bool withId)
    {
        var ca = await CaAsync();
        var token = RenewToken.Create(await IssueAsync(ca), claims => _ = withId || claims.Remove("jti"));
        Assert.Equal(201, (await RenewAsync(ca, token)).Status);
        (await RenewAsync(ca, token)).AssertRefused(401, Unauthorized);
    }

    [Fact]
    public async Task LeafOnly_Is401()
    {
        var ca = await CaAsync();
        (await RenewAsync(ca, RenewToken.Create(await IssueAsync(ca), leafOnly: true))).AssertRefused(401, Invalid);
    }

    [Fact]
    public async Task Garbage_Is401() => (await RenewAsync(await CaAsync(), "gar.ba.ge")).AssertRefused(401, Invalid);

    [Fact]
    public async Task ForeignCertificate_Is401()
    {
        var foreign = await IssueAsync(await CaAsync(RenewsExpired));
        (await RenewAsync(await CaAsync(), RenewToken.Create(foreign))).AssertRefused(401, Invalid);
    }

    [Fact]
    public async Task SignedWithAnotherKey_Is500()
    {
        var ca = await CaAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await RenewAsync(ca, RenewToken.Create(await IssueAsync(ca), signer: other))).AssertRefused(500, Invalid);
    }

    [Fact]
    public async Task NoDigitalSignature_Is401()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca, age: TimeSpan.FromMinutes(5), digitalSignature: false);
        (await RenewAsync(ca, RenewToken.Create(pair))).AssertRefused(401, Invalid);
    }

    [Fact]
    public async Task RenewalDisabled_Is401()
    {
        var ca = await CaAsync();
        (await RenewAsync(ca, RenewToken.Create(await IssueAsync(ca, "norenew")))).AssertRefused(401, Unauthorized);
    }

    [Fact]
    public async Task Revoked_Is401()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        await ca.RevokeAsync(pair);
        (await RenewAsync(ca, RenewToken.Create(pair))).AssertRefused(401, Unauthorized);
    }

    [Fact]
    public async Task Expired_Is401()
    {
        var ca = await CaAsync();
        var pair = await ExpiredAsync(ca);
        (await RenewAsync(ca, RenewToken.Create(pair))).AssertRefused(401, ByGeneration(
            Unauthorized,
            $"The request lacked necessary authorization to be completed: certificate expired on {pair.Leaf.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss} +0000 UTC"));
    }

    [Fact]
    public async Task Expired_IsRenewedIfTheCaAllowsIt()
    {
        var ca = await CaAsync(RenewsExpired);
        var pair = await ExpiredAsync(ca);
        var answer = await RenewAsync(ca, RenewToken.Create(pair));
        Assert.Equal(201, answer.Status);
        LeafAssert.IsRenewed(pair.Leaf, answer.Chain[0], answer.Chain[1]);
    }

    [Fact]
    public async Task SecondsToLive_AreEnough_IfTheWholeValidityIsAboveAMinute()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca, lifetime: TimeSpan.FromSeconds(20));
        Assert.Equal(201, (await RenewAsync(ca, RenewToken.Create(pair))).Status);
    }

    [Fact]
    public async Task ValidityBelowAMinute_Is401()
    {
        // step-ca verifies the chain at one minute before the leaf's end, which is before its beginning here.
        var ca = await CaAsync();
        var pair = await IssueAsync(ca, age: TimeSpan.FromSeconds(2), lifetime: TimeSpan.FromSeconds(50));
        (await RenewAsync(ca, RenewToken.Create(pair))).AssertRefused(401, Invalid);
    }

    [Fact]
    public async Task ClientCertificate_WinsOverTheToken()
    {
        var ca = await CaAsync();
        var client = await IssueAsync(ca);
        var answer = await RenewAsync(ca, "gar.ba.ge", client);
        Assert.Equal(201, answer.Status);
        Assert.Equal(client.Leaf.SubjectName.RawData, answer.Chain[0].SubjectName.RawData);
    }

    [Fact]
    public async Task NoClientAuth_IsRefusedByNewerServersOnly()
    {
        var ca = await CaAsync();
        var answer = await RenewAsync(ca, RenewToken.Create(await IssueAsync(ca, "noeku")));
        if (ByGeneration(false, true))
            answer.AssertRefused(401, Invalid);
        else
            Assert.Equal(201, answer.Status);
    }

    [Fact]
    public async Task NoServerAuth_IsRefusedByOlderServersOnly()
    {
        var ca = await CaAsync();
        var answer = await RenewAsync(ca, RenewToken.Create(await IssueAsync(ca, age: TimeSpan.FromMinutes(5), serverAuth: false)));
        if (ByGeneration(true, false))
            answer.AssertRefused(401, Invalid);
        else
            Assert.Equal(201, answer.Status);
    }
}
