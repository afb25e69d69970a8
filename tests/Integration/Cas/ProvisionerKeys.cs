using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Jose;

namespace StepCaRenew.Integration.Cas;

/// <summary>The provisioners' signing keys, obtained as by the step CLI: from /provisioners, decrypted with the password.</summary>
internal sealed class ProvisionerKeys(ITestCa ca, string password)
{
    private readonly ConcurrentDictionary<string, Task<(string KeyId, ECDsa Key)>> _keys = new();

    // A CA that did not answer once can answer the next test.
    public Task<(string KeyId, ECDsa Key)> GetAsync(string provisioner) =>
        _keys.AddOrUpdate(provisioner, LoadAsync, (_, earlier) => earlier.IsFaulted || earlier.IsCanceled ? LoadAsync(provisioner) : earlier);

    public async Task<string> SignAsync(TokenOptions options)
    {
        var (keyId, key) = await GetAsync(options.Provisioner);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["aud"] = ca.Url.GetLeftPart(UriPartial.Authority) + options.Audience,
            ["iss"] = options.Provisioner,
            ["sub"] = options.Subject,
            ["sans"] = new JsonArray([.. options.Sans.Select(san => (JsonNode)san)]),
            ["sha"] = ca.Fingerprint,
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 300,
        };
        options.Spoil?.Invoke(claims);
        lock (key)
            return Jwt.Sign(new JsonObject { ["kid"] = keyId }, claims, key);
    }

    private async Task<(string KeyId, ECDsa Key)> LoadAsync(string provisioner)
    {
        using var http = CaClient.Create(ca);
        var answer = await http.GetFromJsonAsync<JsonObject>("/1.0/provisioners?limit=100");
        var entry = answer!["provisioners"]!.AsArray().Single(p => (string?)p!["name"] == provisioner)!;
        var jwk = JsonNode.Parse(Jwe.Decrypt((string)entry["encryptedKey"]!, password))!.AsObject();
        return ((string)entry["key"]!["kid"]!, Jwk.Read(jwk));
    }
}
