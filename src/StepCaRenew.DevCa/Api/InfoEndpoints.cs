using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Authority;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Api;

/// <summary>The endpoints without authentication: health, version, roots and intermediates.</summary>
internal static class InfoEndpoints
{
    public static ApiAnswer Health() => ApiAnswer.Json(200, new() { ["status"] = "ok" });

    public static ApiAnswer Version(CaState state) => ApiAnswer.Json(200, new() { ["version"] = state.IsNewer ? "0.30.2" : "0.19.0" });

    /// <summary>201, although nothing is created, as in step-ca.</summary>
    public static ApiAnswer List(IEnumerable<X509Certificate2> certificates) =>
        ApiAnswer.Json(201, new() { ["crts"] = new JsonArray([.. certificates.Select(one => (JsonNode)PemFiles.Pem(one))]) });

    public static ApiAnswer Pem(IEnumerable<X509Certificate2> certificates) =>
        ApiAnswer.Text(200, "application/x-pem-file", string.Concat(certificates.Select(PemFiles.Pem)));

    public static ApiAnswer Root(CaState state, string text)
    {
        var fingerprint = text.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        if (state.Ca.Roots.FirstOrDefault(root => Convert.ToHexStringLower(root.GetCertHash(HashAlgorithmName.SHA256)) == fingerprint) is { } found)
            return ApiAnswer.Json(200, new() { ["ca"] = PemFiles.Pem(found) });
        throw state.IsNewer ? new ApiError(404, $"root certificate with fingerprint \"{fingerprint}\" was not found") : ApiError.NotFound();
    }
}
