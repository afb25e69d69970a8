using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StepCaRenew.DevCa.Api;

/// <summary>An answer that is not sent yet, so that a fault can change it.</summary>
internal sealed record ApiAnswer(int Status, string? ContentType, byte[] Body)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The certificate in the answer, if any.</summary>
    public Issued? Issued { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public static ApiAnswer Json(int status, JsonObject body) =>
        new(status, "application/json", Encoding.UTF8.GetBytes(body.ToJsonString(Plain) + "\n"));

    public static ApiAnswer Text(int status, string contentType, string body) => new(status, contentType, Encoding.UTF8.GetBytes(body));

    public static ApiAnswer Empty(int status) => new(status, null, []);

    /// <summary>Sends the whole answer.</summary>
    public async Task SendAsync(HttpContext http)
    {
        SendHead(http);
        await http.Response.Body.WriteAsync(Body, http.RequestAborted);
    }

    /// <summary>Sets the status and the headers, including the true length.</summary>
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
