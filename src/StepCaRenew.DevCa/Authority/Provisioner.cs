using System.Security.Cryptography;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Jose;

namespace StepCaRenew.DevCa.Authority;

/// <summary>A JWK provisioner: tokens signed with its key authorize certificates.</summary>
public sealed class Provisioner
{
    private readonly ECDsa _publicKey;

    /// <summary>Makes a provisioner of its public key and its encrypted private key.</summary>
    public Provisioner(string name, JsonObject key, string encryptedKey)
    {
        ArgumentNullException.ThrowIfNull(key);
        (Name, Key, EncryptedKey) = (name, key, encryptedKey);
        KeyId = (string)key["kid"]!;
        _publicKey = Jwk.Read(key);
    }

    /// <summary>Its name: the issuer of its tokens.</summary>
    public string Name { get; }

    /// <summary>The public key as a JWK.</summary>
    public JsonObject Key { get; }

    /// <summary>The key's thumbprint.</summary>
    public string KeyId { get; }

    /// <summary>The private key, encrypted with the CA's password.</summary>
    public string EncryptedKey { get; }

    /// <summary>The claim disableRenewal: certificates of this provisioner cannot be renewed.</summary>
    public bool DisableRenewal => Name == "norenew";

    /// <summary>Whether its certificates have the usage clientAuth.</summary>
    public bool ClientAuth => Name != "noeku";

    /// <summary>Makes a provisioner with a new key.</summary>
    public static Provisioner Create(string name, string password, Generation generation = Generation.V19)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(name, Jwk.Public(key), Jwe.Encrypt(Jwk.Private(key).ToJsonString(), password, generation == Generation.V19 ? 100_000 : 600_000));
    }

    /// <summary>The three provisioners of every DevCa: admin, norenew and noeku.</summary>
    public static IReadOnlyList<Provisioner> CreateAll(string password, Generation generation = Generation.V19) =>
        [Create("admin", password, generation), Create("norenew", password, generation), Create("noeku", password, generation)];

    /// <summary>Whether a token was signed by this provisioner.</summary>
    internal bool Signed(Jwt token)
    {
        lock (_publicKey)
            return token.IsSignedBy(_publicKey);
    }
}
