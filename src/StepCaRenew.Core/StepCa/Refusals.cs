using System.Net;
using System.Text.Json;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>What the CA, or something before it, answers instead of a certificate, as an error with a remedy.</summary>
internal static class Refusals
{
    /// <summary>Maps an answer that is no success.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="endpoint">The address that was asked.</param>
    /// <param name="usedToken">Whether a renewal token was sent instead of a client certificate.</param>
    /// <param name="facts">What the certificate of the token is like.</param>
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
                "The certificate is revoked, renewal is disabled for its provisioner (disableRenewal), or the provisioner is gone; the CA's log says which. Issue a new one with 'step ca certificate'."),
            HttpStatusCode.BadRequest when text.Contains("missing client certificate", StringComparison.Ordinal) => new(
                ErrorId.ClientCertificateMissing, said,
                "Something before the CA ends TLS, so that the client certificate is lost. Let it pass TLS through, or use -UseToken."),
            HttpStatusCode.BadRequest => new(ErrorId.CaBadRequest, said, "Check the versions of the CA and of this module."),
            HttpStatusCode.Forbidden => new(ErrorId.CaForbidden, said, "The provisioner's policy or limits forbid it; ask who runs the CA."),
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => new(
                ErrorId.CaNotFound, $"{endpoint} answered {(int)response.Status}: {text}", "Check that the address is that of a step-ca."),
            HttpStatusCode.TooManyRequests => new(ErrorId.CaBusy, said, "Run again later, and spread the runs of the fleet.")
            { IsTransient = true, RetryAfter = response.RetryAfter },
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => new(
                ErrorId.CaFailed, said, "The CA is down or overloaded behind its proxy; run again later.")
            { IsTransient = true, RetryAfter = response.RetryAfter },
            _ when (int)response.Status >= 500 => new(ErrorId.CaFailed, said, "See the CA's log."),
            _ => Invalid(response, endpoint, "an answer that no step-ca gives"),
        };
    }

    /// <summary>A success that is not what a step-ca answers.</summary>
    public static RenewalException Invalid(CaResponse response, Uri endpoint, string what, Exception? e = null) => new(
        ErrorId.CaAnswerInvalid,
        $"{endpoint.Authority} gave {what}: status {(int)response.Status}, {Described(response)}",
        "Check that the address is that of a step-ca; a proxy or captive portal between answers like this.", e);

    private static RenewalException AfterExpiry(string said) => new(
        ErrorId.RenewalAfterExpiryRefused, $"The certificate has expired. {said}",
        "Set the claim allowRenewalAfterExpiry for its provisioner on the CA, or issue a new certificate with 'step ca certificate'.");

    private static string TokenRemedy(string said, TokenFacts facts) =>
        said.Contains("audience", StringComparison.Ordinal)
            ? "The renewal token names the CA by the host of its URL, which must be one of the dnsNames in the CA's configuration, in the same case."
        : facts.MissingUsage is { } usage
            ? $"The certificate does not have the extended key usage {usage}, which this CA wants for a renewal token: step-ca wants serverAuth up to 0.26.1, and clientAuth from 0.26.2 on. "
                + (usage == ExtendedKeyUsage.ClientAuthName ? "Add it to the provisioner's template and issue the certificate again." : "Renew it without -UseToken, or add it to the provisioner's template and issue the certificate again.")
        : "A renewal token needs the CA's host as one of its dnsNames, the intermediate of the certificate in its file, and a correct clock; the CA's log says which is wrong.";

    private static string MessageOf(CaResponse response)
    {
        if (response.IsJson)
        {
            try
            {
                var error = JsonSerializer.Deserialize(response.Body, CaJson.Default.ErrorAnswer);
                if ((error?.Message ?? error?.Detail) is { Length: > 0 } message)
                    return ForeignText.Clean(message);
            }
            catch (JsonException)
            {
                // A proxy's page under the wrong content type; it is quoted as it is.
            }
        }

        return Described(response);
    }

    private static string Described(CaResponse response)
    {
        var type = response.ContentType is null ? "no content type" : ForeignText.Clean(response.ContentType);
        var line = TextFile.Decode(response.Body).Split('\n').Select(ForeignText.Clean).FirstOrDefault(line => line.Length > 0);
        return line is null ? $"{type}, and nothing in it" : $"{type}, beginning with \"{line}\"";
    }
}
