using System.Text.Json;
using System.Text.Json.Nodes;

namespace StepCaRenew.DevCa.Api;

/// <summary>The JSON of a request and its fields; any other type is "error decoding json", as in Go.</summary>
internal static class JsonBody
{
    public static async Task<JsonObject> ReadAsync(HttpContext http)
    {
        try
        {
            return await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted) as JsonObject ?? throw Undecodable();
        }
        catch (JsonException)
        {
            throw Undecodable();
        }
    }

    public static string? Text(JsonObject body, string name) => Field(body, name, default(string));

    public static int Number(JsonObject body, string name) => Field(body, name, 0);

    public static bool Flag(JsonObject body, string name) => Field(body, name, false);

    private static T? Field<T>(JsonObject body, string name, T? missing) => body[name] switch
    {
        null => missing,
        JsonValue value when value.TryGetValue(out T? read) => read,
        _ => throw Undecodable(),
    };

    public static ApiError Undecodable() => ApiError.BadRequest("error decoding json");
}
