using System.Formats.Asn1;

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
