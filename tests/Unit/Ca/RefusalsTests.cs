using System.Net;
using System.Text;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Tokens;

namespace StepCaRenew.Unit.Ca;

public sealed class RefusalsTests
{
    private const string Unauthorized = "The request lacked necessary authorization to be completed. Please see the certificate authority logs for more info.";
    private const string B = "The request could not be completed: ";

    private static readonly Uri Endpoint = new("https://ca.example:9000/renew");

    // The answers of step-ca, as observed.
    [Theory]
    [InlineData(400, B + "missing client certificate.", false, false, ErrorId.ClientCertificateMissing, false)]
    [InlineData(400, B + "invalid csr.", false, false, ErrorId.CaBadRequest, false)]
    [InlineData(400, B + "error decoding json.", true, false, ErrorId.CaBadRequest, false)]
    [InlineData(401, Unauthorized, false, false, ErrorId.RenewalRefused, false)]
    [InlineData(401, Unauthorized, true, false, ErrorId.RenewalRefused, false)]
    [InlineData(401, Unauthorized, true, true, ErrorId.RenewalAfterExpiryRefused, false)]
    [InlineData(401, "The request was forbidden by the certificate authority: certificate expired on 2026-01-01", false, false, ErrorId.RenewalAfterExpiryRefused, false)]
    [InlineData(401, "error validating renew token", true, false, ErrorId.TokenRefused, false)]
    [InlineData(401, "error validating renew token: invalid issuer claim (iss)", true, true, ErrorId.TokenRefused, false)]
    [InlineData(500, "error validating renew token: invalid audience claim (aud)", true, false, ErrorId.TokenRefused, false)]
    [InlineData(403, "The request was forbidden by the certificate authority: no", false, false, ErrorId.CaForbidden, false)]
    [InlineData(404, "not found", false, false, ErrorId.CaNotFound, false)]
    [InlineData(405, "", false, false, ErrorId.CaNotFound, false)]
    [InlineData(429, "slow down", false, false, ErrorId.CaBusy, true)]
    [InlineData(500, "The certificate authority encountered an Internal Server Error.", false, false, ErrorId.CaFailed, false)]
    [InlineData(501, "Requested method is not implemented.", false, false, ErrorId.CaFailed, false)]
    [InlineData(502, "Bad Gateway", false, false, ErrorId.CaFailed, true)]
    [InlineData(503, "Service Unavailable", false, false, ErrorId.CaFailed, true)]
    [InlineData(504, "Gateway Timeout", false, false, ErrorId.CaFailed, true)]
    [InlineData(301, "Moved", false, false, ErrorId.CaRedirected, false)]
    [InlineData(418, "teapot", false, false, ErrorId.CaAnswerInvalid, false)]
    public void Map_Answer_HasItsIdAndQuotesTheCa(int status, string message, bool token, bool expired, string errorId, bool isTransient)
    {
        var e = Refusals.Map(Json(status, message), Endpoint, token, new TokenFacts { IsExpired = expired });
        Assert.Equal(errorId, e.ErrorId);
        Assert.Equal(isTransient, e.IsTransient);
        Assert.NotEmpty(e.Remedy);
        Assert.Contains("ca.example:9000", e.Message, StringComparison.Ordinal);
        Assert.Contains(status.ToString(System.Globalization.CultureInfo.InvariantCulture), e.Message, StringComparison.Ordinal);
        if (message.Length > 0)
            Assert.Contains(message[..Math.Min(message.Length, 20)], e.Message, StringComparison.Ordinal);
    }

    // The server's text is the same for a missing usage and for other reasons; the certificate shows which it is.
    [Theory]
    [InlineData(500, "error validating renew token: invalid audience claim (aud)", "clientAuth", "dnsNames", "clientAuth")]
    [InlineData(401, "error validating renew token", "clientAuth", "clientAuth", "dnsNames")]
    [InlineData(401, "error validating renew token", "serverAuth", "serverAuth", "dnsNames")]
    [InlineData(401, "error validating renew token", null, "clock", "serverAuth")]
    public void Map_RefusedToken_NamesTheMissingUsage(int status, string message, string? missing, string named, string notNamed)
    {
        var e = Refusals.Map(Json(status, message), Endpoint, true, new TokenFacts { MissingUsage = missing });
        Assert.Equal(ErrorId.TokenRefused, e.ErrorId);
        Assert.Contains(missing is not null && named == missing ? $"does not have the extended key usage {named}" : named, e.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain(notNamed, e.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public void Map_RetryAfter_IsKept(int status)
    {
        var response = Json(status, "later") with { RetryAfter = TimeSpan.FromSeconds(7) };
        Assert.Equal(TimeSpan.FromSeconds(7), Refusals.Map(response, Endpoint, false, new TokenFacts()).RetryAfter);
    }

    [Fact]
    public void Map_ExpiredRefusal_NamesTheClaim() =>
        Assert.Contains("allowRenewalAfterExpiry", Refusals.Map(Json(401, Unauthorized), Endpoint, true, new TokenFacts { IsExpired = true }).Remedy, StringComparison.Ordinal);

    [Fact]
    public void Map_DetailInsteadOfMessage_IsRead() => Assert.Contains(
        "because", Refusals.Map(Answer(403, "application/problem+json", """{"detail":"because"}"""), Endpoint, false, new TokenFacts()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("text/html", "<html>\n<body>nginx</body>", "\"<html>\"")]
    [InlineData("text/html", "\n\n  <title>x</title>\n", "\"<title>x</title>\"")]
    [InlineData("application/json", "not json", "\"not json\"")]
    [InlineData("application/json", "[]", "\"[]\"")]
    [InlineData("application/json", "null", "\"null\"")]
    [InlineData("application/json", """{"message":7}""", "message")]
    [InlineData("application/json", """{"message":""}""", "message")]
    [InlineData(null, "plain", "no content type")]
    [InlineData("text/plain", "", "empty body")]
    [InlineData("text/plain", " \r\n ", "empty body")]
    public void Map_NoJsonMessage_QuotesTypeAndFirstLine(string? type, string body, string expected) =>
        Assert.Contains(expected, Refusals.Map(Answer(502, type, body), Endpoint, false, new TokenFacts()).Message, StringComparison.Ordinal);

    public static TheoryData<string> HostileTexts =>
    [
        "\u001b[2J\u001b[31mred", "bell\a", "line\r\nline", "tab\there", "null\0here", "C1 \u009b2J", "\u202eright to left", "line\u2028separator",
        "deleted\u007f", "\u200bzero width", "pair cut \ud83d\ude00",
    ];

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void Map_HostileText_HasNoControlCharacters(string text)
    {
        foreach (var response in new[] { Json(403, text), Answer(403, "text/plain", text), Answer(403, "text/\u001b[2Jplain", text) })
        {
            var message = Refusals.Map(response, Endpoint, false, new TokenFacts()).Message + Refusals.Invalid(response, Endpoint, "x").Message;
            Assert.DoesNotContain(message, character => char.IsControl(character)
                || char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator);
        }
    }

    [Fact]
    public void Map_LongText_IsCut()
    {
        Assert.InRange(Refusals.Map(Json(403, new string('x', 100_000)), Endpoint, false, new TokenFacts()).Message.Length, 200, 300);
        Assert.InRange(Refusals.Map(Answer(502, "text/html", new string('x', 100_000)), Endpoint, false, new TokenFacts()).Message.Length, 200, 350);
    }

    [Fact]
    public void Map_TextCutWithinACharacter_DropsTheWholeCharacter()
    {
        var message = Refusals.Map(Json(403, new string('x', 199) + "\U0001F600"), Endpoint, false, new TokenFacts()).Message;
        // Half a character is not valid UTF-8.
        _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(message);
    }

    [Fact]
    public void Map_BinaryBody_DoesNotThrow() => Refusals.Map(
        new CaResponse(HttpStatusCode.BadGateway, "application/octet-stream", [.. Enumerable.Range(0, 256).Select(i => (byte)i)], null), Endpoint, false, new TokenFacts());

    private static CaResponse Json(int status, string message) =>
        Answer(status, "application/json", $$"""{"status":{{status}},"message":{{System.Text.Json.JsonSerializer.Serialize(message)}}}""");

    private static CaResponse Answer(int status, string? type, string body) => new((HttpStatusCode)status, type, Encoding.UTF8.GetBytes(body), null);
}
