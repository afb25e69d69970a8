using StepCaRenew.DevCa.Pki;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>POST /rekey.</summary>
public abstract class RekeyContract(CaKind kind) : CaContract(kind)
{
    private static string Csr(string name = "ignored.local")
    {
        using var key = KeyPairs.Create("EC-P384");
        return KeyPairs.CreateSigningRequest(key, name);
    }

    [Fact]
    public async Task GivesTheSameNamesForTheNewKey_WhateverTheRequestsName()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca, sans: ["a.local", "127.0.0.1"]);
        using var key = KeyPairs.Create("EC-P384");
        var answer = await PostAsync(ca, "/rekey", new { csr = KeyPairs.CreateSigningRequest(key, "ignored.local") }, pair);
        Assert.Equal(201, answer.Status);
        LeafAssert.IsRenewed(pair.Leaf, answer.Chain[0], answer.Chain[1], newKey: true);
        Assert.Equal(KeyPairs.PublicKeyOf(key).EncodedKeyValue.RawData, answer.Chain[0].PublicKey.EncodedKeyValue.RawData);
    }

    [Fact]
    public async Task NoClientCertificate_Is400_EvenWithAToken()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        (await PostAsync(ca, "/rekey", new { csr = Csr() })).AssertRefused(400, BadRequest + "missing client certificate.");
        (await PostAsync(ca, "/rekey", new { csr = Csr() }, bearer: RenewToken.Create(pair)))
            .AssertRefused(400, BadRequest + "missing client certificate.");
    }

    [Fact]
    public async Task BadBody_Is400()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        (await PostAsync(ca, "/rekey", new { }, pair)).AssertRefused(400, BadRequest + "missing csr.");
        (await PostAsync(ca, "/rekey", new { csr = BrokenCsr.Create() }, pair)).AssertRefused(400, BadRequest + "invalid csr.");
        (await PostAsync(ca, "/rekey", "nonsense", pair)).AssertRefused(400, BadRequest + "error decoding json.");
        (await PostAsync(ca, "/rekey", client: pair)).AssertRefused(400, BadRequest + "error decoding json.");
    }

    [Fact]
    public async Task RenewalDisabled_Is401()
    {
        var ca = await CaAsync();
        (await PostAsync(ca, "/rekey", new { csr = Csr() }, await IssueAsync(ca, "norenew"))).AssertRefused(401, Unauthorized);
    }

    [Fact]
    public async Task Revoked_Is401()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        await ca.RevokeAsync(pair);
        (await PostAsync(ca, "/rekey", new { csr = Csr() }, pair)).AssertRefused(401, Unauthorized);
    }
}
