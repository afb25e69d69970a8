using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Api;

/// <summary>POST /sign: a first certificate for a one-time token.</summary>
internal static class SignEndpoint
{
    public static async Task<ApiAnswer> HandleAsync(CaState state, HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http);
        // Go reads the whole body before it checks a field.
        GoTime.Read(body, "notBefore", state.Now);
        GoTime.Read(body, "notAfter", state.Now);
        var request = SigningRequest.Read(body);
        if (JsonBody.Text(body, "ott") is not { Length: > 0 } ott)
            throw ApiError.BadRequest("missing ott");
        var token = OneTimeToken.Accept(state, ott, "sign");
        if (state.IsNewer && token.RequestFingerprint is { } wanted && wanted != SigningRequest.Fingerprint(body))
            throw ApiError.Forbidden($"certificate request fingerprint does not match \"{wanted}\"");
        NameCheck.Check(request, token, state.IsNewer);
        var (notBefore, notAfter) = Validity.ForRequest(body, state);
        var ca = state.Ca;
        var leaf = ca.Issuer.Issue(
            new()
            {
                Name = token.Subject,
                Sans = token.Sans,
                NotBefore = notBefore,
                NotAfter = notAfter,
                ClientAuth = token.Provisioner.ClientAuth,
                Provisioner = (token.Provisioner.Name, token.Provisioner.KeyId),
            },
            request.PublicKey);
        return new Issued(leaf, ca.Intermediates).ToAnswer();
    }
}
