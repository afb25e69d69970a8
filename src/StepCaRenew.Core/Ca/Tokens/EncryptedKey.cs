using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Text;

namespace StepCaRenew.Ca.Tokens;

/// <summary>
/// The encrypted private key of a provisioner: a JWE in the compact form (RFC 7516), as <c>step</c> makes it, with
/// PBES2-HS256+A128KW and A256GCM (RFC 7518 sections 4.8 and 5.3). Everything is checked before the key is derived, which is slow.
/// </summary>
internal sealed class EncryptedKey
{
    private const string Algorithm = "PBES2-HS256+A128KW";
    private const string Encryption = "A256GCM";
    private const int HighestCount = 1_000_000; // That of go-jose, which step uses.
    private const int LongestText = 64 * 1024;
    private const int LongestSalt = 1024;
    private const int ContentKeyLength = 32;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly string provisioner;
    private readonly byte[] associated;
    private readonly int count;
    private readonly byte[] salt;
    private readonly byte[] wrapped;
    private readonly byte[] nonce;
    private readonly byte[] cipher;
    private readonly byte[] tag;

    private EncryptedKey(string text, string provisioner)
    {
        this.provisioner = provisioner;
        if (text.Length > LongestText)
            throw new FormatException("it is too long");
        if (text.Split('.') is not [var header, var key, var iv, var content, var authentication])
            throw new FormatException("it does not have five parts");
        var fields = JoseObject.Decode(header, "header");
        RequireAlgorithms(fields);
        (count, salt) = (ReadCount(fields), fields.Bytes("p2s", LongestSalt));
        associated = Encoding.ASCII.GetBytes(header);
        wrapped = Part(key, "encrypted key", ContentKeyLength + 8);
        nonce = Part(iv, "initialization vector", NonceLength);
        cipher = Base64Url.TryDecode(content) is { Length: > 0 } bytes ? bytes : throw new FormatException("its content is not base64url");
        tag = Part(authentication, "tag", TagLength);
    }

    /// <summary>Reads an encrypted key, without the password.</summary>
    /// <exception cref="RenewalException">It is damaged or hostile (<see cref="ErrorId.ProvisionerKeyInvalid"/>), or encrypted in another way (<see cref="ErrorId.ProvisionerUnsupported"/>).</exception>
    public static EncryptedKey Parse(string text, string provisioner)
    {
        try
        {
            return new EncryptedKey(text, provisioner);
        }
        catch (FormatException e)
        {
            throw Invalid(provisioner, e.Message, e);
        }
    }

    /// <summary>Decrypts the key: a JSON Web Key, which the caller wipes.</summary>
    /// <exception cref="RenewalException">The password is wrong (<see cref="ErrorId.ProvisionerPasswordWrong"/>), or the content was changed.</exception>
    public byte[] Decrypt(KeyPassword password)
    {
        var wrappingKey = Derive(password);
        var contentKey = KeyWrap.Unwrap(wrapped, wrappingKey);
        CryptographicOperations.ZeroMemory(wrappingKey);
        if (contentKey is null)
            throw new RenewalException(
                ErrorId.ProvisionerPasswordWrong, $"The password does not decrypt the key of the provisioner '{provisioner}'.",
                "Give the password of this provisioner, not that of a key or of the CA; or give another provisioner (-Provisioner).");
        var plain = new byte[cipher.Length];
        try
        {
            using var gcm = new AesGcm(contentKey, TagLength);
            gcm.Decrypt(nonce, cipher, tag, plain, associated);
            return plain;
        }
        catch (CryptographicException e)
        {
            throw Invalid(provisioner, "its content was changed", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(contentKey);
        }
    }

    /// <summary>The error for a key that cannot be read.</summary>
    internal static RenewalException Invalid(string provisioner, string why, Exception? e = null) => new(
        ErrorId.ProvisionerKeyInvalid, $"The key of the provisioner '{provisioner}' that the CA sent cannot be used: {why}.",
        "See the provisioner in the CA's configuration ('step ca provisioner list'), or give a token that was made elsewhere.", e);

    /// <summary>The error for a provisioner whose key cannot be had by a password, or cannot be used.</summary>
    internal static RenewalException Unsupported(string message, string remedy) => new(ErrorId.ProvisionerUnsupported, message, remedy);

    private byte[] Derive(KeyPassword password)
    {
        byte[] input = [.. Encoding.ASCII.GetBytes(Algorithm), 0, .. salt];
        var secret = password.ToUtf8();
        try
        {
            return Rfc2898DeriveBytes.Pbkdf2(secret, input, count, HashAlgorithmName.SHA256, outputLength: 16);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private void RequireAlgorithms(JoseObject header)
    {
        var (algorithm, encryption) = (header.Text("alg"), header.Text("enc"));
        if (algorithm != Algorithm || encryption != Encryption)
            throw Unsupported(
                $"The key of the provisioner '{provisioner}' is encrypted with {PlainText.Excerpt(algorithm ?? "no algorithm")} and {PlainText.Excerpt(encryption ?? "no encryption")}; only {Algorithm} with {Encryption} is supported, which 'step' uses.",
                "Encrypt the key again with 'step crypto jwk', or make a token with 'step ca token' and give that.");
        // Compression would unpack to any size, and critical fields must be understood.
        if (header.Has("zip") || header.Has("crit"))
            throw new FormatException("its header has the field 'zip' or 'crit', which is not supported");
    }

    private static int ReadCount(JoseObject header)
    {
        if (header.Find("p2c") is not { ValueKind: System.Text.Json.JsonValueKind.Number } value || !value.TryGetInt64(out var count) || count < 1)
            throw new FormatException("'p2c' is not a number of iterations");
        return count <= HighestCount ? (int)count : throw new FormatException($"it asks for {count} iterations, more than {HighestCount}");
    }

    private static byte[] Part(string text, string what, int length) => Base64Url.TryDecode(text) is { } bytes && bytes.Length == length
        ? bytes
        : throw new FormatException($"its {what} is not {length} bytes in base64url");
}

/// <summary>AES key unwrap (RFC 3394). .NET has only the padded form, RFC 5649, and that from version 10 on.</summary>
internal static class KeyWrap
{
    private const ulong InitialValue = 0xA6A6A6A6A6A6A6A6;
    private const int HalfBlock = 8;

    /// <summary>Unwraps a key.</summary>
    /// <param name="wrapped">The wrapped key: a multiple of 8 bytes, at least 24.</param>
    /// <param name="wrappingKey">The AES key that it was wrapped with.</param>
    /// <returns>The key; null if it was wrapped with another key, or was changed.</returns>
    public static byte[]? Unwrap(ReadOnlySpan<byte> wrapped, byte[] wrappingKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(wrapped.Length % HalfBlock, 0, nameof(wrapped));
        ArgumentOutOfRangeException.ThrowIfLessThan(wrapped.Length, 3 * HalfBlock, nameof(wrapped));
        using var aes = Aes.Create();
        aes.Key = wrappingKey;
        var check = BinaryPrimitives.ReadUInt64BigEndian(wrapped);
        var key = wrapped[HalfBlock..].ToArray();
        var count = key.Length / HalfBlock;
        Span<byte> block = stackalloc byte[2 * HalfBlock];
        for (var step = 6 * count; step >= 1; step--)
        {
            var part = key.AsSpan((step - 1) % count * HalfBlock, HalfBlock);
            BinaryPrimitives.WriteUInt64BigEndian(block, check ^ (ulong)step);
            part.CopyTo(block[HalfBlock..]);
            aes.DecryptEcb(block, block, PaddingMode.None);
            check = BinaryPrimitives.ReadUInt64BigEndian(block);
            block[HalfBlock..].CopyTo(part);
        }

        if (check == InitialValue)
            return key;
        CryptographicOperations.ZeroMemory(key);
        return null;
    }
}
