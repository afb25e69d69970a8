using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace StepCaRenew.Certificates.Keys;

/// <summary>Decodes private keys of the supported formats and algorithms; its errors name what is not supported.</summary>
internal static class KeyDecoder
{
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string EcOid = "1.2.840.10045.2.1";

    /// <summary>The format of a PEM label; null if the label is not supported.</summary>
    public static KeyFormat? FormatOf(string label) => label switch
    {
        "PRIVATE KEY" => KeyFormat.Pkcs8,
        "ENCRYPTED PRIVATE KEY" => KeyFormat.EncryptedPkcs8,
        "RSA PRIVATE KEY" => KeyFormat.Pkcs1,
        "EC PRIVATE KEY" => KeyFormat.Sec1,
        _ => null,
    };

    /// <summary>The PEM label of a format.</summary>
    public static string LabelOf(KeyFormat format) => format switch
    {
        KeyFormat.EncryptedPkcs8 => "ENCRYPTED PRIVATE KEY",
        KeyFormat.Pkcs1 => "RSA PRIVATE KEY",
        KeyFormat.Sec1 => "EC PRIVATE KEY",
        _ => "PRIVATE KEY",
    };

    /// <summary>The format of a DER structure, by its first elements; null if it is not a key.</summary>
    public static KeyFormat? FormatOfDer(byte[] der)
    {
        var sequence = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
        if (sequence.PeekTag() == Asn1Tag.Sequence)
        {
            // A certificate also begins with a sequence, but not with an algorithm in it.
            var isAlgorithm = sequence.ReadSequence().PeekTag() == Asn1Tag.ObjectIdentifier;
            return isAlgorithm && sequence.PeekTag() == Asn1Tag.PrimitiveOctetString ? KeyFormat.EncryptedPkcs8 : null;
        }

        sequence.ReadInteger();
        var next = sequence.PeekTag();
        return next == Asn1Tag.Sequence ? KeyFormat.Pkcs8
            : next == Asn1Tag.Integer ? KeyFormat.Pkcs1
            : next == Asn1Tag.PrimitiveOctetString ? KeyFormat.Sec1
            : null;
    }

    /// <summary>Decodes an unencrypted key.</summary>
    /// <exception cref="CryptographicException">The bytes are damaged.</exception>
    /// <exception cref="AsnContentException">The bytes are damaged.</exception>
    /// <exception cref="RenewalException">The algorithm, curve or size is not supported.</exception>
    public static PrivateKey Decode(ReadOnlyMemory<byte> der, KeyFormat format, string path)
    {
        switch (format)
        {
            case KeyFormat.Pkcs1:
                return Rsa(rsa => rsa.ImportRSAPrivateKey(der.Span, out _), path);
            case KeyFormat.Sec1:
                return Ec(der, format, ec => ec.ImportECPrivateKey(der.Span, out _), path);
            default:
                return AlgorithmOf(der) switch
                {
                    RsaOid => Rsa(rsa => rsa.ImportPkcs8PrivateKey(der.Span, out _), path),
                    EcOid => Ec(der, format, ec => ec.ImportPkcs8PrivateKey(der.Span, out _), path),
                    _ => throw UnsupportedAlgorithm(der, path),
                };
        }
    }

    /// <summary>Decodes an encrypted PKCS#8 key.</summary>
    /// <param name="der">The EncryptedPrivateKeyInfo.</param>
    /// <param name="requirePassword">Called only if the encryption is supported.</param>
    /// <param name="path">The key file.</param>
    /// <exception cref="RenewalException">The password is wrong, or the key or its encryption is not supported.</exception>
    public static PrivateKey DecodeEncrypted(ReadOnlyMemory<byte> der, Func<KeyPassword> requirePassword, string path)
    {
        if (KeyEncryption.Obstacle(der) is { } obstacle)
            throw Unsupported(obstacle, path);
        var password = requirePassword();
        Pkcs8PrivateKeyInfo info;
        try
        {
            info = Pkcs8PrivateKeyInfo.DecryptAndDecode(password.Characters, der, out _);
        }
        catch (CryptographicException e)
        {
            throw WrongPassword(path, e);
        }

        var plain = info.Encode();
        try
        {
            return Decode(plain, KeyFormat.Pkcs8, path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public static RenewalException WrongPassword(string path, Exception? cause) => new(
        ErrorId.KeyPasswordWrong, $"The password does not decrypt the private key in '{path}'.",
        "Check -KeyPassword or -KeyPasswordFile; white space at the end of a password file is ignored.", cause);

    public static RenewalException Unsupported(string found, string path) => new(
        ErrorId.KeyUnsupported, $"The private key in '{path}' is not supported: {found}.",
        "Supported are RSA of 2048 to 4096 bits and EC on P-256, P-384 and P-521, as PKCS#8, PKCS#1 or SEC 1. Issue the certificate with such a key.");

    // Pkcs8PrivateKeyInfo would load one more assembly in every run.
    private static string AlgorithmOf(ReadOnlyMemory<byte> der)
    {
        var key = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
        key.ReadInteger();
        return key.ReadSequence().ReadObjectIdentifier();
    }

    // It might not be a key: a PKCS#12 file begins in the same way.
    private static RenewalException UnsupportedAlgorithm(ReadOnlyMemory<byte> der, string path) =>
        Unsupported(AlgorithmName(Pkcs8PrivateKeyInfo.Decode(der, out _, skipCopy: true).AlgorithmId.Value), path);

    private static PrivateKey Rsa(Action<RSA> import, string path)
    {
        var rsa = Import(OperatingSystem.IsLinux() ? new RSAOpenSsl() : RSA.Create(), import);
        if (rsa.KeySize is >= 2048 and <= 4096)
            return new PrivateKey(rsa);
        using (rsa)
            throw Unsupported($"RSA {rsa.KeySize}", path);
    }

    private static PrivateKey Ec(ReadOnlyMemory<byte> der, KeyFormat format, Action<ECDsa> import, string path)
    {
        ECDsa? derived;
        ECDsa ec;
        try
        {
            derived = OperatingSystem.IsLinux() ? EcKeyReader.TryRead(der, format) : null;
            ec = derived ?? Import(ECDsa.Create(), import);
        }
        catch (PlatformNotSupportedException)
        {
            throw Unsupported("EC on a curve that this platform does not support", path);
        }

        if (NamedCurve.FindName(ec) is not null)
            return new PrivateKey(ec) { HasDerivedPublicKey = derived is not null };
        using (ec)
            throw Unsupported($"EC on {NamedCurve.Describe(ec)}", path);
    }

    private static T Import<T>(T algorithm, Action<T> import) where T : AsymmetricAlgorithm
    {
        try
        {
            import(algorithm);
            return algorithm;
        }
        catch
        {
            algorithm.Dispose();
            throw;
        }
    }

    private static string AlgorithmName(string? oid) => oid switch
    {
        "1.3.101.110" => "X25519",
        "1.3.101.111" => "X448",
        "1.3.101.112" => "Ed25519",
        "1.3.101.113" => "Ed448",
        "1.2.840.10040.4.1" => "DSA",
        "1.2.840.113549.1.3.1" => "Diffie-Hellman",
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        "2.16.840.1.101.3.4.3.17" or "2.16.840.1.101.3.4.3.18" or "2.16.840.1.101.3.4.3.19" => "ML-DSA",
        _ => $"algorithm {oid}",
    };
}
