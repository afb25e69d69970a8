using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace StepCaRenew.DevCa.Authority;

/// <summary>Whether a token's audience is this CA: path and name must match, case-sensitively; the port is ignored.</summary>
internal static partial class Audience
{
    public static bool Matches(JsonObject claims, string operation, IReadOnlyList<string> names) =>
        Of(claims).Any(audience => names.Select(Host).Any(host =>
            audience == $"https://{host}/{operation}" || audience == $"https://{host}/1.0/{operation}"));

    private static IEnumerable<string> Of(JsonObject claims)
    {
        var values = claims["aud"] switch
        {
            JsonArray many => many.OfType<JsonValue>(),
            JsonValue one => [one],
            _ => [],
        };
        return values.Select(value => value.TryGetValue(out string? text) ? WithoutPort(text) : "");
    }

    private static string Host(string name) => name.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(name, out _) ? $"[{name}]" : name;

    // System.Uri would lower the host; Go lowers only the scheme.
    private static string WithoutPort(string url) =>
        Url().Match(url) is { Success: true } parts ? parts.Groups[1].Value.ToLowerInvariant() + parts.Groups[2].Value + parts.Groups[3].Value : url;

    [GeneratedRegex(@"^([A-Za-z][A-Za-z0-9+.-]*://)(\[[^\]]*\]|[^/?#:]*)(?::\d*)?(.*)$", RegexOptions.Singleline)]
    private static partial Regex Url();
}
