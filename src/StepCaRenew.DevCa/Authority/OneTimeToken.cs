using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Api;
using StepCaRenew.DevCa.Jose;

namespace StepCaRenew.DevCa.Authority;

/// <summary>A provisioner's token for one /sign or /revoke, checked in step-ca's order.</summary>
internal sealed record OneTimeToken(Provisioner Provisioner, string Subject, IReadOnlyList<string> Sans)
{
    /// <summary>The claim cnf: SHA-256 of the one signing request that the token is for; null if it is for any.</summary>
    public string? RequestFingerprint { get; private init; }

    /// <summary>Checks a token and marks it as used. Every refusal is 401; only step-ca's log has the reason.</summary>
    public static OneTimeToken Accept(CaState state, string text, string operation)
    {
        var token = Jwt.TryParse(text) ?? throw ApiError.Unauthorized();
        var claims = token.Claims;
        // Whole seconds, as in step-ca: a token from the first second is accepted.
        if (TokenTimes.Read(claims, "iat") is { } issued && issued < state.Started.ToUnixTimeSeconds())
            throw ApiError.Unauthorized();
        var provisioner = state.Provisioners.FirstOrDefault(p =>
            p.Name == Jwt.Text(claims, "iss") && p.KeyId == Jwt.Text(token.Header, "kid"));
        if (provisioner is null || !state.Use(Jwt.Text(claims, "jti") ?? text) || !provisioner.Signed(token)
            || TokenTimes.Problem(claims, state.Now) is not null || !Audience.Matches(claims, operation, state.Options.DnsNames)
            || Jwt.Text(claims, "sub") is not { Length: > 0 } subject)
            throw ApiError.Unauthorized();
        return new(provisioner, subject, SansOf(claims, subject))
        {
            RequestFingerprint = claims["cnf"] is JsonObject confirmation ? Jwt.Text(confirmation, "x5rt#S256") : null,
        };
    }

    private static string[] SansOf(JsonObject claims, string subject) =>
        claims["sans"] is JsonArray { Count: > 0 } sans ? [.. sans.Select(san => (string)san!)] : [subject];
}
