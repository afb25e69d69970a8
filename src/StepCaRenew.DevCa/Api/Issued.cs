using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Api;

/// <summary>The answer to /sign, /renew and /rekey: a leaf and its issuers without the root.</summary>
internal sealed record Issued(X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Above)
{
    /// <summary>Whether the answer has the field certChain; without it, the chain is crt and ca.</summary>
    public bool WithChain { get; init; } = true;

    public ApiAnswer ToAnswer()
    {
        var body = new JsonObject
        {
            ["crt"] = PemFiles.Pem(Leaf),
            ["ca"] = Above.Count > 0 ? PemFiles.Pem(Above[0]) : null,
        };
        if (WithChain)
            body["certChain"] = new JsonArray([.. Above.Prepend(Leaf).Select(c => (JsonNode)PemFiles.Pem(c))]);
        body["tlsOptions"] = new JsonObject
        {
            ["cipherSuites"] = new JsonArray("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
            ["minVersion"] = 1.2,
            ["maxVersion"] = 1.3,
            ["renegotiation"] = false,
        };
        return ApiAnswer.Json(201, body) with { Issued = this };
    }
}
