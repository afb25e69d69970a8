using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>POST /revoke.</summary>
public abstract class RevokeContract(CaKind kind) : CaContract(kind)
{
    private const string NotImplemented =
        "The requested method is not implemented by the certificate authority. Please see the certificate authority logs for more info.";

    private const string OtherSerial = BadRequest + "serial number in client certificate different than body.";

    [Fact]
    public async Task ByItsOwnCertificate_EndsRenewals_AndWorksOnce()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        var body = new { serial = pair.Serial, reasonCode = 1, reason = "lost", passive = true };
        var answer = await PostAsync(ca, "/revoke", body, pair);
        Assert.Equal(200, answer.Status);
        Assert.Equal("""{"status":"ok"}""", answer.Text.Trim());
        (await PostAsync(ca, "/renew", client: pair)).AssertRefused(401, Unauthorized);
        (await PostAsync(ca, "/revoke", body, pair))
            .AssertRefused(400, BadRequest + $"certificate with serial number '{pair.Serial}' is already revoked.");
    }

    [Fact]
    public async Task ByToken_EndsRenewals()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        var token = await ca.TokenAsync(new(pair.Serial) { Audience = "/1.0/revoke" });
        Assert.Equal(200, (await PostAsync(ca, "/1.0/revoke", new { serial = pair.Serial, passive = true, ott = token })).Status);
        (await PostAsync(ca, "/renew", client: pair)).AssertRefused(401, Unauthorized);
    }

    [Fact]
    public async Task TokenForSigning_Is401()
    {
        var ca = await CaAsync();
        (await PostAsync(ca, "/revoke", new { serial = "1", passive = true, ott = await ca.TokenAsync(new("1")) })).AssertRefused(401, Unauthorized);
    }

    [Fact]
    public async Task BadBody_IsRefused()
    {
        var ca = await CaAsync();
        (await PostAsync(ca, "/revoke", "nonsense")).AssertRefused(400, BadRequest + "error decoding json.");
        (await PostAsync(ca, "/revoke", new { passive = true })).AssertRefused(400, BadRequest + "missing serial.");
        (await PostAsync(ca, "/revoke", new { serial = "1", reasonCode = 11, passive = true })).AssertRefused(400, BadRequest + "reasonCode out of bounds.");
        (await PostAsync(ca, "/revoke", new { serial = "1", reasonCode = -1, passive = true })).AssertRefused(400, BadRequest + "reasonCode out of bounds.");
        (await PostAsync(ca, "/revoke", new { serial = "1" })).AssertRefused(501, NotImplemented);
        (await PostAsync(ca, "/revoke", new { serial = "1", passive = true })).AssertRefused(400, BadRequest + "missing ott or client certificate.");
    }

    [Fact]
    public async Task AnotherSerialThanTheCertificates_IsRefused()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        var answer = await PostAsync(ca, "/revoke", new { serial = "1", passive = true }, pair);
        answer.AssertRefused(ByGeneration(400, 403), ByGeneration(
            OtherSerial, Forbidden + $"request serial number \"1\" and certificate serial number \"{pair.Serial}\" do not match."));
    }

    [Fact]
    public async Task AnotherSerialThanTheTokens_IsRevokedByOlderServers_AndRefusedByNewerOnes()
    {
        var ca = await CaAsync();
        var (mine, other) = (await IssueAsync(ca), await IssueAsync(ca));
        var token = await ca.TokenAsync(new(mine.Serial) { Audience = "/1.0/revoke" });
        var answer = await PostAsync(ca, "/revoke", new { serial = other.Serial, passive = true, ott = token });
        if (ByGeneration(false, true))
            answer.AssertRefused(403, Forbidden + $"request serial number \"{other.Serial}\" and token subject \"{mine.Serial}\" do not match.");
        else
            Assert.Equal(200, answer.Status);
        Assert.Equal(201, (await PostAsync(ca, "/renew", client: mine)).Status);
        Assert.Equal(ByGeneration(401, 201), (await PostAsync(ca, "/renew", client: other)).Status);
    }

    [Theory]
    [InlineData("0x{0}")]
    [InlineData("0X{0}")]
    public async Task HexadecimalSerial_IsAcceptedByNewerServersOnly(string form)
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca);
        var answer = await PostAsync(ca, "/revoke", new { serial = string.Format(form, pair.Leaf.SerialNumber), passive = true }, pair);
        if (ByGeneration(false, true))
            Assert.Equal(200, answer.Status);
        else
            answer.AssertRefused(400, OtherSerial);
        Assert.Equal(ByGeneration(201, 401), (await PostAsync(ca, "/renew", client: pair)).Status);
    }

    [Fact]
    public async Task HexadecimalSerial_IsPositive_WhateverItsFirstDigit()
    {
        await using var ca = await TestCas.StartAsync(Kind, new());
        var token = await ca.TokenAsync(new("255") { Audience = "/1.0/revoke" });
        Assert.Equal(200, (await PostAsync(ca, "/revoke", new { serial = "0xff", passive = true, ott = token })).Status);
    }

    [Fact]
    public async Task SerialThatIsNotANumber_IsRefused()
    {
        var ca = await CaAsync();
        (await PostAsync(ca, "/revoke", new { serial = "ab12", passive = true }, await IssueAsync(ca))).AssertRefused(400, ByGeneration(
            OtherSerial,
            BadRequest + "'ab12' is not a valid serial number - use a base 10 representation or a base 16 representation with '0x' prefix."));
    }

    [Fact]
    public async Task WithoutDatabase_Is501()
    {
        var ca = await CaAsync(new() { NoDatabase = true });
        var pair = await IssueAsync(ca);
        (await PostAsync(ca, "/revoke", new { serial = pair.Serial, passive = true }, pair)).AssertRefused(501, NotImplemented);
    }
}
