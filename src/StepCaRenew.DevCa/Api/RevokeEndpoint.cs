using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Api;

/// <summary>POST /revoke: ends a certificate's renewals, by its own word or by a token.</summary>
internal static class RevokeEndpoint
{
    private const int HighestReason = 10;

    public static async Task<ApiAnswer> HandleAsync(CaState state, HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http);
        if (JsonBody.Text(body, "serial") is not { Length: > 0 } serial)
            throw ApiError.BadRequest("missing serial");
        if (JsonBody.Number(body, "reasonCode") is < 0 or > HighestReason)
            throw ApiError.BadRequest("reasonCode out of bounds");
        if (!JsonBody.Flag(body, "passive"))
            throw ApiError.NotImplemented();
        if (JsonBody.Text(body, "ott") is { Length: > 0 } ott)
            OneTimeToken.Accept(state, ott, "revoke");
        else if (http.Connection.ClientCertificate is not { } certificate)
            throw ApiError.BadRequest("missing ott or client certificate");
        else if (Serials.Decimal(certificate) != serial)
            throw ApiError.BadRequest("serial number in client certificate different than body");
        if (state.Options.NoDatabase)
            throw ApiError.NotImplemented();
        return state.Revoke(serial)
            ? ApiAnswer.Json(200, new() { ["status"] = "ok" })
            : throw ApiError.BadRequest($"certificate with serial number '{serial}' is already revoked");
    }
}
