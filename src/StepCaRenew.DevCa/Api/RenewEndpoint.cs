using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Api;

/// <summary>POST /renew: a new certificate with the same key and names; authenticated by the old one in TLS or by a token.</summary>
internal static class RenewEndpoint
{
    private const string Scheme = "Bearer ";

    public static Task<ApiAnswer> HandleAsync(CaState state, HttpContext http)
    {
        // If both are sent, the client certificate is used.
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
