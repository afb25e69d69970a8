using System.Net;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>POST /renew with a client certificate.</summary>
public abstract class RenewContract(CaKind kind) : CaContract(kind)
{
    [Theory]
    [InlineData("EC-P256")]
    [InlineData("EC-P384")]
    [InlineData("EC-P521")]
    [InlineData("RSA-2048")]
    public async Task GivesTheSameNamesAgain(string key)
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca, key: key, sans: ["a.local", "127.0.0.1", "https://a.local/x", "who@a.local"]);
        var answer = await PostAsync(ca, "/renew", client: pair);
        Assert.Equal(201, answer.Status);
        Assert.Equal("application/json", answer.MediaType);
        var chain = answer.Chain;
        Assert.Equal(2, chain.Length);
        LeafAssert.IsRenewed(pair.Leaf, chain[0], chain[1]);
        Assert.Equal(pair.Leaf.PublicKey.EncodedKeyValue.RawData, chain[0].PublicKey.EncodedKeyValue.RawData);
        Assert.Equal(pair.Intermediate, chain[1]);
    }

    [Fact]
    public async Task Answer_HasLeafAndIntermediateTwice()
    {
        var ca = await CaAsync();
        var json = (await PostAsync(ca, "/1.0/renew", client: await IssueAsync(ca))).Json;
        Assert.Equal(["crt", "ca", "certChain", "tlsOptions"], json.Select(field => field.Key));
        Assert.Equal((string?)json["crt"], (string?)json["certChain"]![0]);
        Assert.Equal((string?)json["ca"], (string?)json["certChain"]![1]);
        Assert.Equal(["cipherSuites", "minVersion", "maxVersion", "renegotiation"], json["tlsOptions"]!.AsObject().Select(field => field.Key));
    }

    [Fact]
    public async Task OldOne_StaysRenewable()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca, age: TimeSpan.FromHours(1), lifetime: TimeSpan.FromHours(2));
        Assert.Equal(201, (await PostAsync(ca, "/renew", client: pair)).Status);
        Assert.Equal(201, (await PostAsync(ca, "/renew", client: pair)).Status);
    }

    [Theory]
    [InlineData("1.1", true)]
    [InlineData("1.1", false)]
    [InlineData("2.0", true)]
    [InlineData("2.0", false)]
    public async Task WholeChainOrLeafOnly_InBothHttpVersions(string version, bool chain)
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        using var certificate = pair.LoadWithKey();
        using var http = CaClient.Create(ca, certificate, intermediates: chain ? [pair.Intermediate] : []);
        (http.DefaultRequestVersion, http.DefaultVersionPolicy) = (new Version(version), HttpVersionPolicy.RequestVersionExact);
        using var answer = await http.PostAsync("/renew", null);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(new Version(version), answer.Version);
    }

    [Fact]
    public async Task NoClientCertificate_Is400() =>
        (await PostAsync(await CaAsync(), "/renew")).AssertRefused(400, BadRequest + "missing client certificate.");

    [Fact]
    public async Task RenewalDisabled_Is401()
    {
        var ca = await CaAsync();
        (await PostAsync(ca, "/renew", client: await IssueAsync(ca, "norenew"))).AssertRefused(401, Unauthorized);
    }

    [Fact]
    public async Task Revoked_Is401()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        await ca.RevokeAsync(pair);
        (await PostAsync(ca, "/renew", client: pair)).AssertRefused(401, Unauthorized);
    }

    [Fact]
    public async Task Backdate_IsTakenFromTheCa()
    {
        var ca = await CaAsync(new() { Backdate = TimeSpan.Zero, MinDuration = TimeSpan.FromMinutes(5) });
        var pair = await IssueAsync(ca, lifetime: TimeSpan.FromHours(1));
        var leaf = (await PostAsync(ca, "/renew", client: pair)).Chain[0];
        Assert.InRange(DateTime.UtcNow - leaf.NotBefore.ToUniversalTime(), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromHours(1), leaf.NotAfter - leaf.NotBefore);
    }
}
