using System.Net;
using StepCaRenew.Ca.Tokens;

namespace StepCaRenew.Ca;

/// <summary>Maps the CA's refusals of a revocation to errors with a remedy.</summary>
internal static class RevokeRefusals
{
    /// <summary>Maps an answer whose status is not 2xx.</summary>
    public static RenewalException Map(CaResponse response, Uri endpoint, RevokeRequest request)
    {
        var text = Refusals.MessageOf(response);
        var said = $"The CA at {endpoint.Authority} answered {(int)response.Status}: {text}";
        return response.Status switch
        {
            HttpStatusCode.BadRequest when Says("already revoked") => new(
                ErrorId.AlreadyRevoked, $"The certificate with the serial number {request.SerialNumber} is already revoked.", "Nothing is left to do."),
            // Before 0.29.0, 400 for a certificate; a token with another serial number was accepted.
            HttpStatusCode.BadRequest or HttpStatusCode.Forbidden when Says("do not match") || Says("different than body") => new(
                ErrorId.SerialNumberDiffers, said, "A certificate and a token can revoke only the serial number that they were made for."),
            HttpStatusCode.BadRequest when Says("missing ott or client certificate") => new(
                ErrorId.ClientCertificateMissing, said, "A proxy before the CA ends TLS, so that the client certificate is lost. Have the proxy pass TLS through, or revoke by -SerialNumber with a token."),
            HttpStatusCode.NotImplemented => new(
                ErrorId.RevocationUnsupported, $"{said} The certificate was not revoked.", "The CA has no database, which revocation needs: see \"db\" in its ca.json."),
            HttpStatusCode.Unauthorized when request.Token is not null => new(
                ErrorId.TokenRefused, said,
                "The token was used before, has expired, is not one for revoking, or was made before the CA was started last; see the CA's log. Make a new one ('step ca token --revoke', with the serial number)."),
            HttpStatusCode.Unauthorized => new(
                ErrorId.RevocationRefused, said, "The provisioner of the certificate was removed, or forbids it; see the CA's log. Revoke by -SerialNumber with a token of another provisioner."),
            _ => Refusals.Map(response, endpoint, usedToken: false, new TokenFacts()),
        };

        bool Says(string part) => text.Contains(part, StringComparison.Ordinal);
    }

    /// <summary>The error for a certificate that TLS did not accept, with the remedy for a revocation.</summary>
    public static RenewalException ForCertificate(RenewalException e) => e.ErrorId switch
    {
        ErrorId.ClientCertificateExpired or ErrorId.ClientCertificateRefused or ErrorId.ClientCertificateUnknownCa or ErrorId.KeyStoreUnavailable => new(
            e.ErrorId, $"{e.Message} It was not revoked.", "Check that this CA issued the certificate, and both clocks; an expired certificate needs no revocation. Or revoke by -SerialNumber with a token.", e),
        _ => e,
    };
}
