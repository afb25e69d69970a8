using System.Net;
using System.Text.Json;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.Text;

namespace StepCaRenew.Ca;

/// <summary>Maps the refusals of the CA, or of a proxy before it, to errors with a remedy.</summary>
internal static class Refusals
{
    /// <summary>Maps an answer whose status is not 2xx.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="endpoint">The URL of the request.</param>
    /// <param name="usedToken">Whether a renewal token was sent instead of a client certificate.</param>
    /// <param name="facts">Facts of the token's certificate.</param>
    public static RenewalException Map(CaResponse response, Uri endpoint, bool usedToken, TokenFacts facts)
    {
        var text = MessageOf(response);
        var said = $"The CA at {endpoint.Authority} answered {(int)response.Status}: {text}";
        return response.Status switch
        {
            _ when text.Contains("certificate expired on", StringComparison.Ordinal) => AfterExpiry(said),
            _ when text.Contains("error validating renew token", StringComparison.Ordinal) => new(
                ErrorId.TokenRefused, said, TokenRemedy(text, facts)),
            HttpStatusCode.Unauthorized when usedToken && facts.IsExpired => AfterExpiry(said),
            HttpStatusCode.Unauthorized => new(
                ErrorId.RenewalRefused, said,
                "The certificate is revoked, renewal is disabled for its provisioner (disableRenewal), or the provisioner was removed; see the CA's log. Request a new one with Request-StepCertificate -Force."),
            HttpStatusCode.BadRequest when text.Contains("missing client certificate", StringComparison.Ordinal) => new(
                ErrorId.ClientCertificateMissing, said,
                "A proxy before the CA ends TLS, so the client certificate is lost. Have the proxy pass TLS through, or use -UseToken."),
            HttpStatusCode.BadRequest => new(ErrorId.CaBadRequest, said, "Check the versions of the CA and of this module."),
            HttpStatusCode.Forbidden => new(ErrorId.CaForbidden, said, "The provisioner's policy or limits forbid it; ask the administrator of the CA."),
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => new(
                ErrorId.CaNotFound, $"{endpoint} answered {(int)response.Status}: {text}", "Check that the address is that of a step-ca."),
            HttpStatusCode.TooManyRequests => new(ErrorId.CaBusy, said, "Run again later, and distribute the runs of your machines over time.")
            { IsTransient = true, RetryAfter = response.RetryAfter },
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => new(
                ErrorId.CaFailed, said, "The CA is down or overloaded behind its proxy; run again later.")
            { IsTransient = true, RetryAfter = response.RetryAfter },
            _ when (int)response.Status is >= 300 and < 400 => new(
                ErrorId.CaRedirected, $"{said} That redirects to another address, and redirects are not followed.",
                "Give the address of the step-ca itself; a proxy or a captive portal also redirects."),
            _ when (int)response.Status >= 500 => new(ErrorId.CaFailed, said, "See the CA's log."),
            _ => Invalid(response, endpoint, "an answer that a step-ca does not give"),
        };
    }

    /// <summary>The error for an answer that a step-ca does not give.</summary>
    public static RenewalException Invalid(CaResponse response, Uri endpoint, string what, Exception? e = null) => new(
        ErrorId.CaAnswerInvalid,
        $"{endpoint.Authority} gave {what}: status {(int)response.Status}, {Described(response)}",
        "Check that the address is that of a step-ca; a proxy or captive portal also answers like this.", e);

    private static RenewalException AfterExpiry(string said) => new(
        ErrorId.RenewalAfterExpiryRefused, $"The certificate has expired. {said}",
        "Set the claim allowRenewalAfterExpiry for its provisioner in the CA, or request a new one with Request-StepCertificate -Force.");

    private static string TokenRemedy(string said, TokenFacts facts) =>
        said.Contains("audience", StringComparison.Ordinal)
            ? "The host of the CA's URL must be one of the dnsNames in the CA's configuration, in the same case, since the renewal token contains it."
        : facts.MissingUsage is { } usage
            ? $"The certificate does not have the extended key usage {usage}, which this CA requires for a renewal token: step-ca requires serverAuth up to 0.26.1, and clientAuth from 0.26.2 on. "
                + (usage == ExtendedKeyUsage.ClientAuthName ? "Add it to the provisioner's template and issue the certificate again." : "Renew it without -UseToken, or add it to the provisioner's template and issue the certificate again.")
        : "A renewal token requires that the CA's host is one of the CA's dnsNames, the intermediate in the certificate file, and a correct clock; see the CA's log.";

    /// <summary>The text of an error, in one line.</summary>
    internal static string MessageOf(CaResponse response)
    {
        if (response.IsJson)
        {
            try
            {
                var error = JsonSerializer.Deserialize(response.Body, CaJson.Default.ErrorAnswer);
                if ((error?.Message ?? error?.Detail) is { Length: > 0 } message)
                    return PlainText.Excerpt(message);
            }
            catch (JsonException)
            {
                // A page of a proxy with the wrong content type.
            }
        }

        return Described(response);
    }

    private static string Described(CaResponse response)
    {
        var type = response.ContentType is null ? "no content type" : PlainText.Excerpt(response.ContentType);
        var line = TextFile.Decode(response.Body).Split('\n').Select(PlainText.Excerpt).FirstOrDefault(line => line.Length > 0);
        return line is null ? $"{type}, with an empty body" : $"{type}, beginning with \"{line}\"";
    }
}
