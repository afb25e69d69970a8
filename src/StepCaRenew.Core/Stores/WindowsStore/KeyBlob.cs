using System.Buffers.Binary;
using System.Security.Cryptography;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>A private key as CNG reads it: BCRYPT_RSAFULLPRIVATE_BLOB and BCRYPT_ECCPRIVATE_BLOB of bcrypt.h.</summary>
internal static class KeyBlob
{
    /// <summary>The name of the format for RSA keys.</summary>
    public const string RsaFormat = "RSAFULLPRIVATEBLOB";

    /// <summary>The name of the format for EC keys.</summary>
    public const string EcFormat = "ECCPRIVATEBLOB";

    private const uint RsaMagic = 0x33415352;

    /// <summary>The algorithm of a key, the format of its blob, and the blob. Clear it after use.</summary>
    /// <exception cref="RenewalException">The key cannot be exported, or has a curve that CNG has no number for (<see cref="ErrorId.KeyUnsupported"/>).</exception>
    public static (string Algorithm, string Format, byte[] Blob) FromKey(PrivateKey key) => key.Handle switch
    {
        RSA rsa => ("RSA", RsaFormat, FromRsa(rsa.ExportParameters(includePrivateParameters: true))),
        ECDsa ec => FromEc(key.Algorithm, ec.ExportParameters(includePrivateParameters: true)),
        _ => throw Unsupported(key.Algorithm),
    };

    // Header: magic, bits, then the lengths of exponent, modulus and both primes; all numbers big-endian.
    private static byte[] FromRsa(RSAParameters key)
    {
        uint[] header = [RsaMagic, (uint)key.Modulus!.Length * 8, (uint)key.Exponent!.Length, (uint)key.Modulus.Length, (uint)key.P!.Length, (uint)key.Q!.Length];
        return Join(header, key.Exponent, key.Modulus, key.P, key.Q!, key.DP!, key.DQ!, key.InverseQ!, key.D!);
    }

    private static (string Algorithm, string Format, byte[] Blob) FromEc(string algorithm, ECParameters key)
    {
        var (name, magic) = algorithm switch
        {
            "EC P-256" => ("ECDSA_P256", 0x32534345u),
            "EC P-384" => ("ECDSA_P384", 0x34534345u),
            "EC P-521" => ("ECDSA_P521", 0x36534345u),
            _ => throw Unsupported(algorithm),
        };
        return (name, EcFormat, Join([magic, (uint)key.Q.X!.Length], key.Q.X, key.Q.Y!, key.D!));
    }

    private static byte[] Join(uint[] header, params byte[][] parts)
    {
        var blob = new byte[(header.Length * sizeof(uint)) + parts.Sum(part => part.Length)];
        var rest = blob.AsSpan();
        foreach (var number in header)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rest, number);
            rest = rest[sizeof(uint)..];
        }

        foreach (var part in parts)
        {
            part.CopyTo(rest);
            rest = rest[part.Length..];
            CryptographicOperations.ZeroMemory(part);
        }

        return blob;
    }

    private static RenewalException Unsupported(string algorithm) => new(
        ErrorId.KeyUnsupported, $"Windows cannot store a key of the algorithm {algorithm}.", "Request a certificate with an RSA key, or an EC key with the curve P-256, P-384 or P-521.");
}
