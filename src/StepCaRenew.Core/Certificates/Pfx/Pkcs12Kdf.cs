using System.Security.Cryptography;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>The key derivation of PKCS#12 (RFC 7292 appendix B.2), which .NET has only inside its PFX classes.</summary>
internal static class Pkcs12Kdf
{
    /// <summary>The purposes of what is derived (appendix B.3): a key of a cipher, its initialization vector, a key of a MAC.</summary>
    public const byte Key = 1, Vector = 2, Mac = 3;

    /// <summary>Derives bytes from a password.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="purpose">One of the constants of this class.</param>
    /// <param name="password">The password in UTF-16, most significant byte first, with its final zero.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="iterations">How often the hash is applied.</param>
    /// <param name="length">The number of bytes to derive.</param>
    public static byte[] Derive(HashAlgorithmName hash, byte purpose, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations, int length)
    {
        using var hasher = IncrementalHash.CreateHash(hash);
        var blockSize = hasher.HashLengthInBytes > 32 ? 128 : 64;
        var diversifier = new byte[blockSize];
        Array.Fill(diversifier, purpose);
        var (repeatedSalt, repeatedPassword) = (Repeat(salt, blockSize), Repeat(password, blockSize));
        byte[] input = [.. repeatedSalt, .. repeatedPassword];
        var (result, digest) = (new byte[length], new byte[hasher.HashLengthInBytes]);
        for (var filled = 0; filled < length; filled += digest.Length)
        {
            hasher.AppendData(diversifier);
            hasher.AppendData(input);
            hasher.GetHashAndReset(digest);
            for (var round = 1; round < iterations; round++)
            {
                hasher.AppendData(digest);
                hasher.GetHashAndReset(digest);
            }

            digest.AsSpan(0, Math.Min(digest.Length, length - filled)).CopyTo(result.AsSpan(filled));
            AddToBlocks(input, Repeat(digest, blockSize)[..blockSize]);
        }

        CryptographicOperations.ZeroMemory(repeatedPassword);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(digest);
        return result;
    }

    // Repeated to a whole number of blocks; nothing stays nothing.
    private static byte[] Repeat(ReadOnlySpan<byte> bytes, int blockSize)
    {
        var repeated = new byte[(bytes.Length + blockSize - 1) / blockSize * blockSize];
        for (var at = 0; at < repeated.Length; at += bytes.Length)
            bytes[..Math.Min(bytes.Length, repeated.Length - at)].CopyTo(repeated.AsSpan(at));
        return repeated;
    }

    // Each block of the input becomes the sum of itself, the addend and 1, as numbers of a block's size.
    private static void AddToBlocks(byte[] input, byte[] addend)
    {
        for (var block = 0; block < input.Length; block += addend.Length)
        {
            var carry = 1;
            for (var at = addend.Length - 1; at >= 0; at--)
            {
                carry += input[block + at] + addend[at];
                input[block + at] = (byte)carry;
                carry >>= 8;
            }
        }
    }
}
