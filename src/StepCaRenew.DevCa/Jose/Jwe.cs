using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace StepCaRenew.DevCa.Jose;

/// <summary>
/// Text encrypted with a password, as step encrypts a provisioner's key:
/// PBES2-HS256+A128KW and A256GCM (RFC 7518 sections 4.8 and 5.3).
/// </summary>
public static class Jwe
{
    private const string Algorithm = "PBES2-HS256+A128KW";
    private const int TagLength = 16;

    /// <summary>Encrypts a text in the compact form.</summary>
    public static string Encrypt(string text, string password, int iterations)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var header = new JsonObject
        {
            ["alg"] = Algorithm,
            ["cty"] = "jwk+json",
            ["enc"] = "A256GCM",
            ["p2c"] = iterations,
            ["p2s"] = Base64Url.EncodeToString(salt),
        };
        var protectedHeader = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()));
        var contentKey = RandomNumberGenerator.GetBytes(32);
        var nonce = RandomNumberGenerator.GetBytes(12);
        var plain = Encoding.UTF8.GetBytes(text);
        var cipher = new byte[plain.Length];
        var tag = new byte[TagLength];
        using var gcm = new AesGcm(contentKey, TagLength);
        gcm.Encrypt(nonce, plain, cipher, tag, Encoding.ASCII.GetBytes(protectedHeader));
        var wrapped = KeyWrap.Wrap(contentKey, WrappingKey(password, salt, iterations));
        return string.Join('.', protectedHeader, Base64Url.EncodeToString(wrapped), Base64Url.EncodeToString(nonce),
            Base64Url.EncodeToString(cipher), Base64Url.EncodeToString(tag));
    }

    /// <summary>Decrypts a text that <see cref="Encrypt"/> or step encrypted.</summary>
    /// <exception cref="CryptographicException">The password is wrong, or the text was changed.</exception>
    public static string Decrypt(string jwe, string password)
    {
        ArgumentNullException.ThrowIfNull(jwe);
        var parts = jwe.Split('.');
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
        if ((string?)header["alg"] != Algorithm)
            throw new CryptographicException($"The algorithm {header["alg"]} is not supported.");
        var salt = Base64Url.DecodeFromChars((string)header["p2s"]!);
        var contentKey = KeyWrap.Unwrap(Base64Url.DecodeFromChars(parts[1]), WrappingKey(password, salt, (int)header["p2c"]!));
        var cipher = Base64Url.DecodeFromChars(parts[3]);
        var plain = new byte[cipher.Length];
        using var gcm = new AesGcm(contentKey, TagLength);
        gcm.Decrypt(Base64Url.DecodeFromChars(parts[2]), cipher, Base64Url.DecodeFromChars(parts[4]), plain, Encoding.ASCII.GetBytes(parts[0]));
        return Encoding.UTF8.GetString(plain);
    }

    private static byte[] WrappingKey(string password, byte[] salt, int iterations)
    {
        byte[] input = [.. Encoding.ASCII.GetBytes(Algorithm), 0, .. salt];
        return Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), input, iterations, HashAlgorithmName.SHA256, 16);
    }
}
