using System.Globalization;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Api;

/// <summary>The provisioners, a page at a time, and their encrypted keys.</summary>
internal static class ProvisionerEndpoints
{
    private const int DefaultLimit = 20;
    private const int HighestLimit = 100;

    public static ApiAnswer List(CaState state, HttpContext http)
    {
        var limitText = http.Request.Query["limit"].ToString();
        if (!int.TryParse(limitText, CultureInfo.InvariantCulture, out var limit) && limitText.Length > 0)
            throw ApiError.BadRequest($"limit '{limitText}' is not an integer");
        limit = limit <= 0 ? DefaultLimit : Math.Min(limit, HighestLimit);
        // step-ca's cursors are opaque; these are positions.
        _ = int.TryParse(http.Request.Query["cursor"], CultureInfo.InvariantCulture, out var start);
        var next = start + limit;
        return ApiAnswer.Json(200, new()
        {
            ["provisioners"] = new JsonArray([.. state.Provisioners.Skip(start).Take(limit).Select(Describe)]),
            ["nextCursor"] = next < state.Provisioners.Count ? next.ToString(CultureInfo.InvariantCulture) : "",
        });
    }

    public static ApiAnswer EncryptedKey(CaState state, string keyId) =>
        state.Provisioners.FirstOrDefault(p => p.KeyId == keyId) is { } provisioner
            ? ApiAnswer.Json(200, new() { ["key"] = provisioner.EncryptedKey })
            : throw ApiError.NotFound();

    private static JsonObject Describe(Provisioner provisioner)
    {
        var json = new JsonObject
        {
            ["type"] = "JWK",
            ["name"] = provisioner.Name,
            ["key"] = provisioner.Key.DeepClone(),
            ["encryptedKey"] = provisioner.EncryptedKey,
        };
        if (provisioner.DisableRenewal)
            json["claims"] = new JsonObject { ["disableRenewal"] = true };
        return json;
    }
}
