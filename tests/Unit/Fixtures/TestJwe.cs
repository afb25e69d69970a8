using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>Encrypts a text as step encrypts a provisioner's key, with any part spoilt.</summary>
internal static class TestJwe
{
    private const string Algorithm = "PBES2-HS256+A128KW";

    /// <summary>The header of a JWE with few iterations.</summary>
    public static JsonObject Header(int count = 1000) => new()
    {
        ["alg"] = Algorithm,
        ["cty"] = "jwk+json",
        ["enc"] = "A256GCM",
        ["p2c"] = count,
        ["p2s"] = Encode(RandomNumberGenerator.GetBytes(16)),
    };

    /// <summary>Encrypts; <paramref name="header"/> is used as it is, except that a hostile one is encrypted with the usual values.</summary>
    public static string Encrypt(string text, string password, JsonObject? header = null)
    {
        header ??= Header();
        var first = Encode(Encoding.UTF8.GetBytes(header.ToJsonString()));
        byte[] salt = [.. Encoding.ASCII.GetBytes(Algorithm), 0, .. Decode((string)header["p2s"]!)];
        var key = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, (int)header["p2c"]!, HashAlgorithmName.SHA256, 16);
        var (content, nonce, tag, plain) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(12), new byte[16], Encoding.UTF8.GetBytes(text));
        var cipher = new byte[plain.Length];
        using var gcm = new AesGcm(content, 16);
        gcm.Encrypt(nonce, plain, cipher, tag, Encoding.ASCII.GetBytes(first));
        return string.Join('.', first, Encode(Wrap(content, key)), Encode(nonce), Encode(cipher), Encode(tag));
    }

    public static string Encode(ReadOnlySpan<byte> data) => Convert.ToBase64String(data).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static byte[] Decode(string text) =>
        Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - text.Length % 4) % 4));

    // RFC 3394 section 2.2.1, with the registers by name.
    private static byte[] Wrap(byte[] key, byte[] wrappingKey)
    {
        using var aes = Aes.Create();
        aes.Key = wrappingKey;
        var a = Enumerable.Repeat((byte)0xA6, 8).ToArray();
        var r = key.Chunk(8).ToArray();
        for (var j = 0; j < 6; j++)
        {
            for (var i = 0; i < r.Length; i++)
            {
                var b = aes.EncryptEcb([.. a, .. r[i]], PaddingMode.None);
                BinaryPrimitives.WriteUInt64BigEndian(a, BinaryPrimitives.ReadUInt64BigEndian(b) ^ (ulong)(r.Length * j + i + 1));
                r[i] = b[8..];
            }
        }

        return [.. a, .. r.SelectMany(one => one)];
    }
}
