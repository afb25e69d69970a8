using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using StepCaRenew.Certificates.Pem;

namespace StepCaRenew.Certificates.Keys;

/// <summary>
/// The encryptions of PKCS#8 keys (RFC 8018) that the platform can decrypt. Its exception is the same for a wrong password
/// and for an unsupported encryption, which need different remedies.
/// </summary>
internal static class KeyEncryption
{
    // The file sets the number of iterations; this many already take seconds.
    private const int MostIterations = 10_000_000;

    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";

    // PBES1 with DES or RC2, and the forms of PKCS#12 with 3DES or RC2.
    private static readonly string[] OlderSchemes =
    [
        "1.2.840.113549.1.5.3", "1.2.840.113549.1.5.6", "1.2.840.113549.1.5.10", "1.2.840.113549.1.5.11",
        "1.2.840.113549.1.12.1.3", "1.2.840.113549.1.12.1.4", "1.2.840.113549.1.12.1.5", "1.2.840.113549.1.12.1.6",
    ];

    // AES-CBC of 128, 192 and 256 bits, 3DES, RC2.
    private static readonly string[] Ciphers =
        ["2.16.840.1.101.3.4.1.2", "2.16.840.1.101.3.4.1.22", "2.16.840.1.101.3.4.1.42", "1.2.840.113549.3.7", "1.2.840.113549.3.2"];

    /// <summary>Why the key cannot be decrypted, in words; null if it can.</summary>
    /// <param name="der">An EncryptedPrivateKeyInfo.</param>
    /// <exception cref="AsnContentException">The bytes are damaged.</exception>
    public static string? Obstacle(ReadOnlyMemory<byte> der)
    {
        var algorithm = new AsnReader(der, AsnEncodingRules.BER).ReadSequence().ReadSequence();
        var scheme = algorithm.ReadObjectIdentifier();
        if (scheme == Pbes2)
            return ObstacleOfPbes2(algorithm.ReadSequence());
        return OlderSchemes.Contains(scheme) ? ObstacleOfCount(algorithm.ReadSequence()) : $"its encryption scheme is {scheme}";
    }

    private static string? ObstacleOfPbes2(AsnReader parameters)
    {
        var derivation = parameters.ReadSequence();
        var function = derivation.ReadObjectIdentifier();
        if (function != Pbkdf2)
            return $"its encryption derives the key with {(function == "1.3.6.1.4.1.11591.4.11" ? "scrypt" : function)}; only PBKDF2 is supported";
        var cipher = parameters.ReadSequence().ReadObjectIdentifier();
        return Ciphers.Contains(cipher) ? ObstacleOfCount(derivation.ReadSequence()) : $"its encryption uses the cipher {cipher}; only AES-CBC and 3DES are supported";
    }

    private static string? ObstacleOfCount(AsnReader parameters)
    {
        parameters.ReadOctetString();
        return parameters.TryReadInt32(out var count) && count <= MostIterations
            ? null
            : $"its encryption uses more than {MostIterations:N0} iterations";
    }
}

/// <summary>
/// The encryption of PEM blocks that OpenSSL used before PKCS#8: <c>Proc-Type: 4,ENCRYPTED</c> with <c>DEK-Info</c>
/// (RFC 1421 section 4.6.1; the key derivation is OpenSSL's EVP_BytesToKey with MD5 and one round).
/// </summary>
internal static class LegacyPemCipher
{
    public static byte[] Decrypt(PemBlock block, KeyPassword password, string path)
    {
        var info = block.Headers.GetValueOrDefault("DEK-Info", string.Empty).Split(',', 2, StringSplitOptions.TrimEntries);
        using var cipher = Create(info[0]) ?? throw KeyDecoder.Unsupported($"its legacy encryption is '{info[0]}'; only AES-CBC and DES-EDE3-CBC are supported", path);
        byte[] vector;
        try
        {
            vector = Convert.FromHexString(info.ElementAtOrDefault(1) ?? string.Empty);
        }
        catch (FormatException e)
        {
            throw new CryptographicException("The DEK-Info header is damaged.", e);
        }

        if (vector.Length != cipher.BlockSize / 8)
            throw new CryptographicException("The DEK-Info header is damaged.");
        if (block.Data.Length % vector.Length != 0)
            throw new CryptographicException("The encrypted data is not a whole number of cipher blocks.");
        cipher.Key = DeriveKey(password, vector.AsSpan(0, 8), cipher.KeySize / 8);
        try
        {
            return cipher.DecryptCbc(block.Data, vector, PaddingMode.PKCS7);
        }
        catch (CryptographicException e)
        {
            throw KeyDecoder.WrongPassword(path, e);
        }
    }

    /// <summary>Encrypts a key with the cipher of another block and a new initialization vector.</summary>
    public static string Encrypt(PemBlock model, string label, byte[] key, KeyPassword password)
    {
        var name = model.Headers["DEK-Info"].Split(',')[0].Trim();
        using var cipher = Create(name)!;
        var vector = RandomNumberGenerator.GetBytes(cipher.BlockSize / 8);
        cipher.Key = DeriveKey(password, vector.AsSpan(0, 8), cipher.KeySize / 8);
        var body = Convert.ToBase64String(cipher.EncryptCbc(key, vector, PaddingMode.PKCS7));
        var lines = string.Join('\n', body.Chunk(64).Select(line => new string(line)));
        return $"-----BEGIN {label}-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: {name},{Convert.ToHexString(vector)}\n\n{lines}\n-----END {label}-----";
    }

    private static SymmetricAlgorithm? Create(string name)
    {
#pragma warning disable CA5350 // The user's file already has this encryption.
        if (name == "DES-EDE3-CBC")
            return TripleDES.Create();
#pragma warning restore CA5350
        if (!name.StartsWith("AES-", StringComparison.Ordinal) || !name.EndsWith("-CBC", StringComparison.Ordinal)
            || !int.TryParse(name[4..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits is not (128 or 192 or 256))
            return null;
        var aes = Aes.Create();
        aes.KeySize = bits;
        return aes;
    }

    private static byte[] DeriveKey(KeyPassword password, ReadOnlySpan<byte> salt, int length)
    {
        var secret = password.ToUtf8();
        var key = new byte[length];
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
#pragma warning disable CA5351 // Part of the format.
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        for (var filled = 0; filled < length; filled += digest.Length)
        {
            if (filled > 0)
                md5.AppendData(digest);
            md5.AppendData(secret);
            md5.AppendData(salt);
            md5.GetHashAndReset(digest);
            digest[..Math.Min(digest.Length, length - filled)].CopyTo(key.AsSpan(filled));
        }

        CryptographicOperations.ZeroMemory(secret);
        return key;
    }
}
