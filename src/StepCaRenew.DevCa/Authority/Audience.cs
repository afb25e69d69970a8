using System.Text.Json.Nodes;

namespace StepCaRenew.DevCa.Authority;

/// <summary>Whether a token's audience is this CA: the path counts and the name, the port doesn't.</summary>
internal static class Audience
{
    public static bool Matches(JsonObject claims, string operation, IReadOnlyList<string> names) =>
        Of(claims).Any(audience => names.Any(name =>
            audience == $"https://{name}/{operation}" || audience == $"https://{name}/1.0/{operation}"));

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

    private static string WithoutPort(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) ? $"{uri.Scheme}://{uri.IdnHost}{uri.PathAndQuery}{uri.Fragment}" : url;
}
