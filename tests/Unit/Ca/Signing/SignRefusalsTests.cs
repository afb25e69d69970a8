using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca.Signing;

/// <summary>The texts are those of step-ca 0.19 and 0.30; the contract tests compare the same refusals on the servers.</summary>
public sealed class SignRefusalsTests
{
    private const string Unauthorized = "The request lacked necessary authorization to be completed. Please see the certificate authority logs for more info.";
    private const string Forbidden = "The request was forbidden by the certificate authority: ";
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(403, Forbidden + "certificate request does not contain the valid common name - got a, want b.", ErrorId.TokenNamesDiffer)]
    [InlineData(403, Forbidden + "certificate request does not contain the valid DNS names - got [a], want [b].", ErrorId.TokenNamesDiffer)]
    [InlineData(403, Forbidden + "certificate request does not contain the valid IP addresses - got [a], want [b].", ErrorId.TokenNamesDiffer)]
    [InlineData(403, Forbidden + "certificate request does not contain the valid email addresses - got [a], want [b].", ErrorId.TokenNamesDiffer)]
    [InlineData(403, Forbidden + "certificate request does not contain the valid URIs - got [a], want [b].", ErrorId.TokenNamesDiffer)]
    [InlineData(403, Forbidden + "certificate request RSA key must be at least 2048 bits (256 bytes).", ErrorId.KeyUnsupported)]
    [InlineData(403, Forbidden + "requested duration of 1000h1m0s is more than the authorized maximum certificate duration of 720h1m0s.", ErrorId.ValidityRefused)]
    [InlineData(400, "The request could not be completed: notAfter cannot be in the past; na=2026-01-01 00:00:00 +0000 UTC.", ErrorId.ValidityRefused)]
    [InlineData(403, Forbidden + "certificate request fingerprint does not match \"x\".", ErrorId.TokenRefused)]
    [InlineData(403, Forbidden + "dns name \"a\" not allowed.", ErrorId.CaForbidden)]
    [InlineData(400, "The request could not be completed: invalid csr.", ErrorId.CaBadRequest)]
    [InlineData(401, Unauthorized, ErrorId.TokenRefused)]
    [InlineData(404, "404 page not found", ErrorId.CaNotFound)]
    [InlineData(429, "slow down", ErrorId.CaBusy)]
    [InlineData(500, "The certificate authority encountered an Internal Server Error.", ErrorId.CaFailed)]
    public void Map_Refusal_HasItsId(int status, string text, string id) => Assert.Equal(id, Map(status, text).ErrorId);

    [Theory]
    [InlineData(-61, 0, ErrorId.TokenExpired)]
    [InlineData(-59, 0, ErrorId.TokenRefused)]
    [InlineData(300, 600, ErrorId.TokenExpired)]
    [InlineData(-300, -600, ErrorId.TokenRefused)]
    public void Map_Unauthorized_IsExpiredByTheClockOfTheCa(int expires, int difference, string id) =>
        Assert.Equal(id, Map(401, Unauthorized, new JsonObject { ["exp"] = Now.AddSeconds(expires).ToUnixTimeSeconds() }, TimeSpan.FromSeconds(difference)).ErrorId);

    [Theory]
    [InlineData(600, "behind")]
    [InlineData(-600, "ahead of")]
    public void Map_Unauthorized_NamesTheDifferenceOfTheClocks(int seconds, string which) =>
        Assert.Contains($"10m {which} the CA's", Map(401, Unauthorized, difference: TimeSpan.FromSeconds(seconds)).Remedy, StringComparison.Ordinal);

    [Fact]
    public void Map_Unauthorized_NamesTheHostOfTheToken()
    {
        var e = Map(401, Unauthorized, new JsonObject { ["aud"] = "https://CA.example:9000/1.0/sign" });
        Assert.Contains("'CA.example'", e.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("clock is", e.Remedy, StringComparison.Ordinal);
    }

    // With a password, each call makes its own token.
    [Theory]
    [InlineData(401, Unauthorized)]
    [InlineData(403, Forbidden + "requested duration of 1000h1m0s is more than the authorized maximum certificate duration of 720h1m0s.")]
    [InlineData(403, Forbidden + "certificate request RSA key must be at least 2048 bits (256 bytes).")]
    [InlineData(403, Forbidden + "dns name \"a\" not allowed.")]
    public void Map_TokenMadeHere_AsksTheUserForNoOther(int status, string text)
    {
        Assert.Matches("(?i)make a new", Map(status, text).Remedy);
        Assert.DoesNotMatch("(?i)make a new|used up|used before", Map(status, text, isMadeHere: true).Remedy);
    }

    [Fact]
    public void Map_TransientRefusal_StaysTransient() => Assert.True(Map(503, "busy").IsTransient);

    private static RenewalException Map(int status, string text, JsonObject? claims = null, TimeSpan? difference = null, bool isMadeHere = false)
    {
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["status"] = status, ["message"] = text }.ToJsonString());
        var token = OneTimeToken.Parse(TestTokens.With(claims ?? []), isMadeHere);
        return SignRefusals.Map(new CaResponse((HttpStatusCode)status, "application/json", body, null) { ClockDifference = difference }, new Uri("https://ca.example:9000/sign"), token, Now);
    }
}
