using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Api;

/// <summary>POST /rekey: as /renew, but for a new key; a token is not accepted.</summary>
internal static class RekeyEndpoint
{
    public static async Task<ApiAnswer> HandleAsync(CaState state, HttpContext http)
    {
        var old = http.Connection.ClientCertificate ?? throw ApiError.BadRequest("missing client certificate");
        var request = SigningRequest.Read(await JsonBody.ReadAsync(http));
        return Renewal.Renew(state, old, request.PublicKey).ToAnswer();
    }
}
