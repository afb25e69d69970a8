using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StepCaRenew.DevCa.Api;

/// <summary>An answer before it is sent, so that a fault can still change it.</summary>
internal sealed record ApiAnswer(int Status, string? ContentType, byte[] Body)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The certificate that the answer carries, if any.</summary>
    public Issued? Issued { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public static ApiAnswer Json(int status, JsonObject body) =>
        new(status, "application/json", Encoding.UTF8.GetBytes(body.ToJsonString(Plain) + "\n"));

    public static ApiAnswer Text(int status, string contentType, string body) => new(status, contentType, Encoding.UTF8.GetBytes(body));

    public static ApiAnswer Empty(int status) => new(status, null, []);

    /// <summary>Writes it all out.</summary>
    public async Task SendAsync(HttpContext http)
    {
        SendHead(http);
        await http.Response.Body.WriteAsync(Body, http.RequestAborted);
    }

    /// <summary>Sets status and headers, the true length among them.</summary>
    public void SendHead(HttpContext http)
    {
        http.Response.StatusCode = Status;
        http.Response.ContentLength = Body.Length;
        if (ContentType is not null)
            http.Response.ContentType = ContentType;
        if (RetryAfterSeconds is { } seconds)
            http.Response.Headers.RetryAfter = $"{seconds}";
    }
}
