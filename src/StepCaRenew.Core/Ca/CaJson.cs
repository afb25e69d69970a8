using System.Text.Json.Serialization;

namespace StepCaRenew.Ca;

/// <summary>The answer to <c>/sign</c>, <c>/renew</c> and <c>/rekey</c>.</summary>
internal sealed record SignAnswer(
    [property: JsonPropertyName("crt")] string? Certificate,
    [property: JsonPropertyName("ca")] string? Issuer,
    [property: JsonPropertyName("certChain")] IReadOnlyList<string>? Chain);

/// <summary>The body of <c>/rekey</c>.</summary>
internal sealed record RekeyRequest([property: JsonPropertyName("csr")] string SigningRequest);

/// <summary>An error of the API; the name of the text depends on the server's version.</summary>
internal sealed record ErrorAnswer(
    [property: JsonPropertyName("message")] string? Message,
    [property: JsonPropertyName("detail")] string? Detail);

/// <summary>The answer to <c>/health</c>.</summary>
internal sealed record HealthAnswer([property: JsonPropertyName("status")] string? Status);

/// <summary>The answer to <c>/version</c>.</summary>
internal sealed record VersionAnswer([property: JsonPropertyName("version")] string? Version);

/// <summary>The answer to <c>/roots</c>.</summary>
internal sealed record RootsAnswer([property: JsonPropertyName("crts")] IReadOnlyList<string>? Certificates);

/// <summary>Generated readers and writers: they need no reflection at start-up.</summary>
[JsonSerializable(typeof(SignAnswer))]
[JsonSerializable(typeof(RekeyRequest))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(RootsAnswer))]
internal sealed partial class CaJson : JsonSerializerContext;
