using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Jose;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>Makes the token that renews a certificate without mTLS.</summary>
internal static class RenewToken
{
    public static string Create(IssuedPair pair, Action<JsonObject>? claims = null, bool leafOnly = false, AsymmetricAlgorithm? signer = null)
    {
        var content = new JsonObject
        {
            ["aud"] = "https://127.0.0.1/renew",
            ["iss"] = "step-ca-client/1.0",
            ["sub"] = pair.Leaf.GetNameInfo(X509NameType.SimpleName, false),
            ["jti"] = Guid.NewGuid().ToString("N"),
        };
        claims?.Invoke(content);
        var chain = new JsonArray(Convert.ToBase64String(pair.Leaf.RawData));
        if (!leafOnly)
        {
            foreach (var certificate in pair.Intermediates)
                chain.Add(Convert.ToBase64String(certificate.RawData));
        }
        using var own = pair.LoadKey();
        return Jwt.Sign(new JsonObject { ["x5cInsecure"] = chain }, content, signer ?? own);
    }
}
