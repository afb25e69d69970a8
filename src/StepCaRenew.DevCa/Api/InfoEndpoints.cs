using System.Security.Cryptography;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Authority;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Api;

/// <summary>What anyone may ask: health, version, roots.</summary>
internal static class InfoEndpoints
{
    private const string Version = "0.19.0";

    public static ApiAnswer Health() => ApiAnswer.Json(200, new() { ["status"] = "ok" });

    public static ApiAnswer VersionOf() => ApiAnswer.Json(200, new() { ["version"] = Version });

    /// <summary>201, although nothing is created: so it is in step-ca.</summary>
    public static ApiAnswer Roots(CaState state) =>
        ApiAnswer.Json(201, new() { ["crts"] = new JsonArray([.. state.Ca.Roots.Select(root => (JsonNode)PemFiles.Pem(root))]) });

    public static ApiAnswer RootsPem(CaState state) => ApiAnswer.Text(200, "application/x-pem-file", string.Concat(state.Ca.Roots.Select(PemFiles.Pem)));

    public static ApiAnswer Root(CaState state, string fingerprint) =>
        state.Ca.Roots.FirstOrDefault(root => string.Equals(
            fingerprint.Replace("-", "", StringComparison.Ordinal), root.GetCertHashString(HashAlgorithmName.SHA256), StringComparison.OrdinalIgnoreCase)) is { } found
            ? ApiAnswer.Json(200, new() { ["ca"] = PemFiles.Pem(found) })
            : throw ApiError.NotFound();
}
