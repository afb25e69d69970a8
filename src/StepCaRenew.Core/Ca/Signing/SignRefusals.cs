using System.Net;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Policy;

namespace StepCaRenew.Ca.Signing;

/// <summary>
/// Maps the CA's refusals of a first certificate to errors. For every refusal of a token it answers with the same text; only
/// its log has the reason, so that the claims of the token must tell what can be the reason.
/// </summary>
internal static class SignRefusals
{
    // That of step-ca.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(1);

    /// <summary>Maps an answer whose status is not 2xx.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="endpoint">The URL of the request.</param>
    /// <param name="token">The token that was sent.</param>
    /// <param name="now">The time of this machine's clock.</param>
    public static RenewalException Map(CaResponse response, Uri endpoint, OneTimeToken token, DateTimeOffset now)
    {
        var text = Refusals.MessageOf(response);
        var next = token.IsMadeHere ? string.Empty : "The token is used up: make a new one. ";
        var said = $"The CA at {endpoint.Authority} answered {(int)response.Status}: {text}";
        return response.Status switch
        {
            HttpStatusCode.Unauthorized => TokenRefused(said, token, now + (response.ClockDifference ?? TimeSpan.Zero), response.ClockDifference),
            HttpStatusCode.Forbidden when Has(text, "certificate request fingerprint does not match") => new(
                ErrorId.TokenRefused, $"The token is for another signing request. {said}", next.TrimEnd()),
            HttpStatusCode.Forbidden when Has(text, "valid common name", "valid DNS names", "valid IP addresses", "valid email address", "valid URIs", "unauthorized DNS names") => new(
                ErrorId.TokenNamesDiffer, $"The token is for other names than those requested. {said}", $"{next}It must be for exactly the names that you want."),
            HttpStatusCode.Forbidden or HttpStatusCode.BadRequest when Has(text, "certificate request RSA key must be", "certificate request key of type") => new(
                ErrorId.KeyUnsupported, $"The CA does not issue a certificate for this key. {said}", $"{next}Use an EC key, or an RSA key with at least 2048 bits."),
            HttpStatusCode.Forbidden or HttpStatusCode.BadRequest when Has(text, "requested duration of", "requested certificate notBefore", "requested certificate notAfter", "notAfter cannot be") => new(
                ErrorId.ValidityRefused, $"The CA does not issue a certificate for the requested time. {said}", $"{next}Request a validity within the limits of the provisioner, or none (-NotAfter)."),
            HttpStatusCode.Forbidden => new(
                ErrorId.CaForbidden, said, $"{next}The provisioner's policy or limits forbid it; ask the administrator of the CA."),
            _ => Refusals.Map(response, endpoint, usedToken: true, new TokenFacts()),
        };
    }

    private static RenewalException TokenRefused(string said, OneTimeToken token, DateTimeOffset caTime, TimeSpan? difference)
    {
        var clocks = difference is { } known && known.Duration() > Leeway
            ? $" This machine's clock is {Duration.Format(known.Duration())} {(known > TimeSpan.Zero ? "behind" : "ahead of")} the CA's: set it."
            : string.Empty;
        if (token.Expires is { } end && end + Leeway < caTime)
            return new(
                ErrorId.TokenExpired, $"The token expired on {end:u}; the CA's clock shows {caTime:u}. {said}",
                $"Make a new token and use it before it expires; New-StepToken -ValidFor makes one that is valid for longer.{clocks}");
        return new(
            ErrorId.TokenRefused, $"The CA did not accept the one-time token. {said}",
            $"{(token.IsMadeHere ? "A token that was just made is refused if" : "Make a new token. A token is refused if it was used before, if the CA was restarted after it was made, if")} the CA's configuration does not have the host of its URL{(token.Ca is { } ca ? $" ('{ca.Host}')" : string.Empty)} among its dnsNames, or if its provisioner or its key was changed; the CA's log has the reason.{clocks}");
    }

    private static bool Has(string text, params string[] parts) => parts.Any(part => text.Contains(part, StringComparison.Ordinal));
}
