using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>The signature of a root by its own key. A chain does not check it: its last certificate is trusted as it is.</summary>
internal static class SelfSignature
{
    private const string Pss = "1.2.840.113549.1.1.10";

    private static readonly Dictionary<string, HashAlgorithmName> Hashes = new()
    {
        ["1.2.840.10045.4.3.2"] = HashAlgorithmName.SHA256,
        ["1.2.840.10045.4.3.3"] = HashAlgorithmName.SHA384,
        ["1.2.840.10045.4.3.4"] = HashAlgorithmName.SHA512,
        ["1.2.840.113549.1.1.11"] = HashAlgorithmName.SHA256,
        ["1.2.840.113549.1.1.12"] = HashAlgorithmName.SHA384,
        ["1.2.840.113549.1.1.13"] = HashAlgorithmName.SHA512,
    };

    /// <summary>Whether the certificate is signed with its own key, with an algorithm that a CA uses today.</summary>
    /// <exception cref="AsnContentException">It cannot be read.</exception>
    /// <exception cref="CryptographicException">Its key cannot be read.</exception>
    public static bool IsValid(X509Certificate2 certificate)
    {
        var outer = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
        var signed = outer.ReadEncodedValue();
        outer.ReadEncodedValue();
        var signature = outer.ReadBitString(out _);
        if (certificate.SignatureAlgorithm.Value is not { } algorithm)
            return false;
        using var rsa = certificate.GetRSAPublicKey();
        // The hash of PSS is in its parameters; RFC 4055 has the same salt length for each.
        if (algorithm == Pss)
            return rsa is not null && Hashes.Values.Distinct().Any(one => rsa.VerifyData(signed.Span, signature, one, RSASignaturePadding.Pss));
        if (!Hashes.TryGetValue(algorithm, out var hash))
            return false;
        using var curve = certificate.GetECDsaPublicKey();
        return rsa?.VerifyData(signed.Span, signature, hash, RSASignaturePadding.Pkcs1)
            ?? curve?.VerifyData(signed.Span, signature, hash, DSASignatureFormat.Rfc3279DerSequence)
            ?? false;
    }
}
