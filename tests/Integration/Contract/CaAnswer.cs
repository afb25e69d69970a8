using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>An unparsed answer.</summary>
public sealed record CaAnswer(int Status, string? MediaType, string Text, Version HttpVersion)
{
    /// <summary>The header X-Request-Id.</summary>
    public string? RequestId { get; private init; }

    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    /// <summary>The certificates of the field certChain.</summary>
    public X509Certificate2[] Chain => [.. Json["certChain"]!.AsArray().Select(pem => X509Certificate2.CreateFromPem((string)pem!))];

    /// <summary>Asserts status and the whole body of a refusal.</summary>
    public void AssertRefused(int status, string message)
    {
        Assert.Equal(status, Status);
        Assert.Equal(message, (string?)Json["message"]);
        Assert.Equal(status, (int?)Json["status"]);
        Assert.Equal("application/json", MediaType);
    }

    public static async Task<CaAnswer> SendAsync(
        ITestCa ca, HttpMethod method, string path, object? body = null, X509Certificate2? certificate = null, string? bearer = null,
        Version? version = null, IEnumerable<X509Certificate2>? chain = null, string? requestId = null)
    {
        using var http = CaClient.Create(ca, certificate, intermediates: chain);
        using var request = new HttpRequestMessage(method, path);
        if (version is not null)
            (request.Version, request.VersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (requestId is not null)
            request.Headers.Add("X-Request-Id", requestId);
        request.Content = body switch
        {
            null => null,
            string text => new StringContent(text),
            _ => JsonContent.Create(body),
        };
        using var answer = await http.SendAsync(request);
        return new((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync(), answer.Version)
        {
            RequestId = answer.Headers.TryGetValues("X-Request-Id", out var ids) ? ids.Single() : null,
        };
    }
}
