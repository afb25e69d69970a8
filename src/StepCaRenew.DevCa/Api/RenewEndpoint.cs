using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Api;

/// <summary>POST /renew: the same again for a certificate that shows itself in TLS or by a token.</summary>
internal static class RenewEndpoint
{
    private const string Scheme = "Bearer ";

    public static Task<ApiAnswer> HandleAsync(CaState state, HttpContext http)
    {
        // Where both come, the client certificate wins.
        var old = http.Connection.ClientCertificate
            ?? (Token(http) is { } token ? RenewToken.Accept(state, token) : throw ApiError.BadRequest("missing client certificate"));
        return Task.FromResult(Renewal.Renew(state, old).ToAnswer());
    }

    private static string? Token(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        var at = header.IndexOf(Scheme, StringComparison.Ordinal);
        return at < 0 ? null : header[(at + Scheme.Length)..];
    }
}
