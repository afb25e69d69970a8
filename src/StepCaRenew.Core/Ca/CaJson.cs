using System.Text.Json;
using System.Text.Json.Serialization;

namespace StepCaRenew.Ca;

/// <summary>The answer to <c>/sign</c>, <c>/renew</c> and <c>/rekey</c>.</summary>
internal sealed record SignAnswer(
    [property: JsonPropertyName("crt")] string? Certificate,
    [property: JsonPropertyName("ca")] string? Issuer,
    [property: JsonPropertyName("certChain")] IReadOnlyList<string>? Chain);

/// <summary>The body of <c>/rekey</c>.</summary>
internal sealed record RekeyRequest([property: JsonPropertyName("csr")] string SigningRequest);

/// <summary>Why a certificate is revoked: CRLReason, RFC 5280 section 5.3.1, with its numbers. 7 is not used.</summary>
internal enum RevocationReason
{
    Unspecified = 0,
    KeyCompromise = 1,
    CACompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
    RemoveFromCRL = 8,
    PrivilegeWithdrawn = 9,
    AACompromise = 10,
}

/// <summary>The body of <c>/revoke</c>. Passive: the CA renews the certificate no more; it publishes nothing.</summary>
/// <param name="SerialNumber">The serial number, decimal.</param>
/// <param name="ReasonCode">A CRLReason of RFC 5280.</param>
/// <param name="Reason">A text for the CA's records.</param>
/// <param name="Token">A one-time token; null for a request with the certificate itself.</param>
internal sealed record RevokeRequest(
    [property: JsonPropertyName("serial")] string SerialNumber,
    [property: JsonPropertyName("reasonCode")] int ReasonCode,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("ott"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Token)
{
    /// <summary>The only kind that step-ca has.</summary>
    [JsonPropertyName("passive")]
    public bool IsPassive { get; } = true;

    /// <inheritdoc/>
    public override string ToString() => $"a request to revoke {SerialNumber}";
}

/// <summary>An error of the API; the name of the text depends on the server's version.</summary>
internal sealed record ErrorAnswer(
    [property: JsonPropertyName("message")] string? Message,
    [property: JsonPropertyName("detail")] string? Detail);

/// <summary>The body of <c>/sign</c>: a signing request and a one-time token. Times are RFC 3339, or durations of Go; null for the CA's default.</summary>
internal sealed record SignRequest(
    [property: JsonPropertyName("csr")] string SigningRequest,
    [property: JsonPropertyName("ott")] string Token,
    [property: JsonPropertyName("notBefore"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NotBefore,
    [property: JsonPropertyName("notAfter"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NotAfter)
{
    /// <inheritdoc/>
    public override string ToString() => "a request for /sign";
}

/// <summary>The answer to <c>/provisioners</c>: one page.</summary>
internal sealed record ProvisionersAnswer(
    [property: JsonPropertyName("provisioners")] IReadOnlyList<ProvisionerEntry?>? Provisioners,
    [property: JsonPropertyName("nextCursor")] string? NextCursor);

/// <summary>A provisioner as the CA shows it.</summary>
/// <param name="Type">JWK, ACME, X5C and so on.</param>
/// <param name="Name">Its name.</param>
/// <param name="Key">For JWK, the public key.</param>
/// <param name="EncryptedKey">For JWK, the private key, a JWE; null if it is kept elsewhere.</param>
/// <param name="Claims">Its limits, if they differ from those of the CA.</param>
internal sealed record ProvisionerEntry(
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("key")] JsonElement Key,
    [property: JsonPropertyName("encryptedKey")] string? EncryptedKey,
    [property: JsonPropertyName("claims")] JsonElement Claims)
{
    /// <summary>A text of the public key; null if there is none.</summary>
    public string? KeyField(string name)
    {
        try
        {
            return Key.ValueKind == JsonValueKind.Object && Key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }
}

/// <summary>The answer to <c>/health</c>.</summary>
internal sealed record HealthAnswer([property: JsonPropertyName("status")] string? Status);

/// <summary>The answer to <c>/version</c>.</summary>
internal sealed record VersionAnswer([property: JsonPropertyName("version")] string? Version);

/// <summary>The answer to <c>/root/{fingerprint}</c>.</summary>
internal sealed record RootAnswer([property: JsonPropertyName("ca")] string? Certificate);

/// <summary>The answer to <c>/roots</c>.</summary>
internal sealed record RootsAnswer([property: JsonPropertyName("crts")] IReadOnlyList<string>? Certificates);

/// <summary>Generated readers and writers: they need no reflection at start-up.</summary>
[JsonSerializable(typeof(SignAnswer))]
[JsonSerializable(typeof(RekeyRequest))]
[JsonSerializable(typeof(SignRequest))]
[JsonSerializable(typeof(ProvisionersAnswer))]
[JsonSerializable(typeof(RevokeRequest))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(RootAnswer))]
[JsonSerializable(typeof(RootsAnswer))]
internal sealed partial class CaJson : JsonSerializerContext;
