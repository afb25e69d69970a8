using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Api;

/// <summary>POST /revoke: revokes a certificate, which then cannot be renewed; authenticated by that certificate or a token.</summary>
internal static class RevokeEndpoint
{
    private const int HighestReason = 10;

    public static async Task<ApiAnswer> HandleAsync(CaState state, HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http);
        if (JsonBody.Text(body, "serial") is not { Length: > 0 } serial)
            throw ApiError.BadRequest("missing serial");
        if (state.IsNewer)
            serial = Serials.Parse(serial) ?? throw ApiError.BadRequest($"'{serial}' is not a valid serial number - use a base 10 representation or a base 16 representation with '0x' prefix");
        if (JsonBody.Number(body, "reasonCode") is < 0 or > HighestReason)
            throw ApiError.BadRequest("reasonCode out of bounds");
        if (!JsonBody.Flag(body, "passive"))
            throw ApiError.NotImplemented();
        if (JsonBody.Text(body, "ott") is { Length: > 0 } ott)
            CheckToken(state, OneTimeToken.Accept(state, ott, "revoke"), serial);
        else
            CheckCertificate(state, http, serial);
        if (state.Options.NoDatabase)
            throw ApiError.NotImplemented();
        return state.Revoke(new(serial, JsonBody.Number(body, "reasonCode"), JsonBody.Text(body, "reason")))
            ? ApiAnswer.Json(200, new() { ["status"] = "ok" })
            : throw ApiError.BadRequest($"certificate with serial number '{serial}' is already revoked");
    }

    private static void CheckToken(CaState state, OneTimeToken token, string serial)
    {
        // Until 0.29.0, a token for one certificate could revoke every other.
        if (state.IsNewer && token.Subject != serial)
            throw ApiError.Forbidden($"request serial number \"{serial}\" and token subject \"{token.Subject}\" do not match");
    }

    private static void CheckCertificate(CaState state, HttpContext http, string serial)
    {
        var own = Serials.Decimal(http.Connection.ClientCertificate ?? throw ApiError.BadRequest("missing ott or client certificate"));
        if (own == serial)
            return;
        throw state.IsNewer
            ? ApiError.Forbidden($"request serial number \"{serial}\" and certificate serial number \"{own}\" do not match")
            : ApiError.BadRequest("serial number in client certificate different than body");
    }
}
