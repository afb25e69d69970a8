using System.Text.Json.Nodes;

namespace StepCaRenew.DevCa.Authority;

/// <summary>Checks the time claims of a token; each is optional, and has a minute of leeway.</summary>
internal static class TokenTimes
{
    private const double Leeway = 60;

    /// <summary>The problem, in step-ca's words; null if there is none.</summary>
    public static string? Problem(JsonObject claims, DateTimeOffset now)
    {
        var seconds = now.ToUnixTimeMilliseconds() / 1000.0;
        if (Read(claims, "nbf") is { } begin && seconds + Leeway < begin)
            return "token not valid yet (nbf)";
        if (Read(claims, "exp") is { } end && seconds - Leeway > end)
            return "token is expired (exp)";
        if (Read(claims, "iat") is { } issued && seconds + Leeway < issued)
            return "token issued in the future (iat)";
        return null;
    }

    public static double? Read(JsonObject claims, string name) =>
        claims[name] is JsonValue value && value.TryGetValue(out double seconds) ? seconds : null;
}
