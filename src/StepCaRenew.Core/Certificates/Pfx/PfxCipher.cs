using System.Formats.Asn1;
using System.Security.Cryptography;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>The encryption of a part of a PFX file: one of those that <see cref="PfxWriter"/> writes as well.</summary>
/// <param name="parameters">The cipher, the hash and the iteration count, as .NET's classes take them.</param>
internal sealed class PfxCipher(PbeParameters parameters, byte[] salt, byte[] vector)
{
    private const string Pbes2 = "1.2.840.113549.1.5.13";
    private const string Pbkdf2 = "1.2.840.113549.1.5.12";
    private const string TripleDesSha1 = "1.2.840.113549.1.12.1.3";

    /// <summary>The cipher, the hash and the iteration count.</summary>
    public PbeParameters Parameters => parameters;

    /// <summary>Reads an AlgorithmIdentifier.</summary>
    /// <exception cref="AsnContentException">The bytes are damaged.</exception>
    /// <exception cref="RenewalException">The encryption is not supported.</exception>
    public static PfxCipher Read(AsnReader algorithm, IterationLimit limit, string path)
    {
        var scheme = algorithm.ReadObjectIdentifier();
        if (scheme == Pbes2)
            return ReadPbes2(algorithm.ReadSequence(), limit, path);
        if (scheme != TripleDesSha1)
            throw PfxErrors.Unsupported(path, $"its encryption is {NameOf(scheme)}");
        var parameters = algorithm.ReadSequence();
        var salt = parameters.ReadOctetString();
        return new PfxCipher(new PbeParameters(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, limit.Read(parameters)), salt, []);
    }

    /// <summary>Decrypts. The caller wipes the result.</summary>
    /// <exception cref="CryptographicException">The password is wrong, or the data is damaged.</exception>
    public byte[] Decrypt(PfxPassword password, ReadOnlySpan<byte> data)
    {
        using var cipher = Create();
        var secret = parameters.EncryptionAlgorithm == PbeEncryptionAlgorithm.TripleDes3KeyPkcs12 ? password.ToBmp() : password.ToUtf8();
        try
        {
            if (parameters.EncryptionAlgorithm != PbeEncryptionAlgorithm.TripleDes3KeyPkcs12)
            {
                cipher.Key = Rfc2898DeriveBytes.Pbkdf2(secret, salt, parameters.IterationCount, parameters.HashAlgorithm, cipher.KeySize / 8);
                return cipher.DecryptCbc(data, vector);
            }

            cipher.Key = Derive(Pkcs12Kdf.Key, cipher.KeySize / 8);
            return cipher.DecryptCbc(data, Derive(Pkcs12Kdf.Vector, cipher.BlockSize / 8));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        byte[] Derive(byte purpose, int length) => Pkcs12Kdf.Derive(parameters.HashAlgorithm, purpose, secret, salt, parameters.IterationCount, length);
    }

    private SymmetricAlgorithm Create()
    {
#pragma warning disable CA5350 // The user's file has this encryption.
        if (parameters.EncryptionAlgorithm == PbeEncryptionAlgorithm.TripleDes3KeyPkcs12)
            return TripleDES.Create();
#pragma warning restore CA5350
        var aes = Aes.Create();
        aes.KeySize = KeyBits(parameters.EncryptionAlgorithm);
        return aes;
    }

    private static int KeyBits(PbeEncryptionAlgorithm cipher) =>
        cipher switch { PbeEncryptionAlgorithm.Aes128Cbc => 128, PbeEncryptionAlgorithm.Aes192Cbc => 192, _ => 256 };

    // RFC 8018 appendix A.4.
    private static PfxCipher ReadPbes2(AsnReader parameters, IterationLimit limit, string path)
    {
        var (derivation, encryption) = (parameters.ReadSequence(), parameters.ReadSequence());
        var function = derivation.ReadObjectIdentifier();
        if (function != Pbkdf2)
            throw PfxErrors.Unsupported(path, $"its encryption derives the key with {NameOf(function)}");
        var values = derivation.ReadSequence();
        if (!values.PeekTag().HasSameClassAndValue(Asn1Tag.PrimitiveOctetString))
            throw PfxErrors.Unsupported(path, "its salt is named instead of given");
        var salt = values.ReadOctetString();
        var iterations = limit.Read(values);
        var cipherId = encryption.ReadObjectIdentifier();
        PbeEncryptionAlgorithm cipher = cipherId switch
        {
            "2.16.840.1.101.3.4.1.2" => PbeEncryptionAlgorithm.Aes128Cbc,
            "2.16.840.1.101.3.4.1.22" => PbeEncryptionAlgorithm.Aes192Cbc,
            "2.16.840.1.101.3.4.1.42" => PbeEncryptionAlgorithm.Aes256Cbc,
            _ => throw PfxErrors.Unsupported(path, $"its encryption is {NameOf(cipherId)}"),
        };
        if (values.HasData && values.PeekTag().HasSameClassAndValue(Asn1Tag.Integer) && (!values.TryReadInt32(out var length) || 8 * length != KeyBits(cipher)))
            throw PfxErrors.Unsupported(path, "the key length of its encryption is not that of its cipher");
        var hash = values.HasData ? HashOfPseudorandomFunction(values.ReadSequence().ReadObjectIdentifier(), path) : HashAlgorithmName.SHA1;
        return new PfxCipher(new PbeParameters(cipher, hash, iterations), salt, encryption.ReadOctetString());
    }

    private static HashAlgorithmName HashOfPseudorandomFunction(string oid, string path) => oid switch
    {
        "1.2.840.113549.2.7" => HashAlgorithmName.SHA1,
        "1.2.840.113549.2.9" => HashAlgorithmName.SHA256,
        "1.2.840.113549.2.10" => HashAlgorithmName.SHA384,
        "1.2.840.113549.2.11" => HashAlgorithmName.SHA512,
        _ => throw PfxErrors.Unsupported(path, $"its encryption derives the key with the function {oid}"),
    };

    private static string NameOf(string oid) => oid switch
    {
        "1.2.840.113549.1.12.1.1" => "RC4 with 128 bits, which is broken",
        "1.2.840.113549.1.12.1.2" => "RC4 with 40 bits, which is broken",
        "1.2.840.113549.1.12.1.4" => "3DES with two keys",
        "1.2.840.113549.1.12.1.5" => "RC2 with 128 bits, which is broken",
        "1.2.840.113549.1.12.1.6" => "RC2 with 40 bits, which is broken",
        "1.2.840.113549.3.2" => "RC2, which is broken",
        "1.2.840.113549.3.7" => "3DES with PBES2",
        "1.3.14.3.2.7" => "DES, which is broken",
        "1.2.840.113549.1.5.1" or "1.2.840.113549.1.5.3" or "1.2.840.113549.1.5.10" => "DES, which is broken",
        "1.2.840.113549.1.5.4" or "1.2.840.113549.1.5.6" or "1.2.840.113549.1.5.11" => "RC2, which is broken",
        "1.3.6.1.4.1.11591.4.11" => "scrypt",
        _ => $"the algorithm {oid}",
    };
}
