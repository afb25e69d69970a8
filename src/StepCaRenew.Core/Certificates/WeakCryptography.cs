using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Finds weak signatures and keys, which step-ca never issues. The minimum sizes are those of the CA/Browser Forum's baseline requirements (6.1.5).</summary>
internal static class WeakCryptography
{
    private const int SmallestRsa = 2048;
    private const int SmallestEllipticCurve = 256;
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const string Pss = "1.2.840.113549.1.1.10";
    private const string Sha1 = "1.3.14.3.2.26";
    private const string Md5 = "1.2.840.113549.2.5";

    // P-256, P-384 and P-521 as encoded object identifiers (RFC 5480 section 2.1.1.1).
    private static readonly HashSet<string> StrongCurves = ["06082A8648CE3D030107", "06052B81040022", "06052B81040023"];

    private static readonly Dictionary<string, string> Signatures = new()
    {
        ["1.2.840.113549.1.1.2"] = "MD2",
        ["1.2.840.113549.1.1.3"] = "MD4",
        ["1.2.840.113549.1.1.4"] = "MD5",
        ["1.2.840.113549.1.1.5"] = "SHA-1",
        ["1.3.14.3.2.29"] = "SHA-1",
        ["1.2.840.10040.4.3"] = "SHA-1",
        ["1.2.840.10045.4.1"] = "SHA-1",
    };

    /// <summary>The hash of a certificate's signature if it is weak, such as <c>SHA-1</c>; otherwise null.</summary>
    public static string? FindWeakHash(X509Certificate2 certificate) =>
        certificate.SignatureAlgorithm.Value is not { } algorithm ? null : algorithm == Pss ? HashOfPss(certificate.RawDataMemory) : Signatures.GetValueOrDefault(algorithm);

    /// <summary>The public key of an issuer if it is too short, such as <c>RSA 1024</c>; otherwise null.</summary>
    public static string? FindWeakKey(X509Certificate2 issuer)
    {
        // Decoding a key takes as long as all other checks; these curves, which step-ca uses, need no decoding.
        if (issuer.GetKeyAlgorithm() == EllipticCurve && StrongCurves.Contains(Convert.ToHexString(issuer.GetKeyAlgorithmParameters())))
            return null;
        using var rsa = issuer.GetRSAPublicKey();
        if (rsa is not null)
            return rsa.KeySize < SmallestRsa ? $"RSA {rsa.KeySize}" : null;
        using var curve = issuer.GetECDsaPublicKey();
        return curve?.KeySize < SmallestEllipticCurve ? $"EC {curve.KeySize}" : null;
    }

    // RFC 4055 section 3.1: the hash is the first parameter; SHA-1 if it is missing.
    private static string? HashOfPss(ReadOnlyMemory<byte> certificate)
    {
        var outer = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
        outer.ReadEncodedValue();
        var algorithm = outer.ReadSequence();
        algorithm.ReadObjectIdentifier();
        var hash = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (!algorithm.HasData || algorithm.ReadSequence() is not { HasData: true } parameters || parameters.PeekTag() != hash)
            return "SHA-1";
        return parameters.ReadSequence(hash).ReadSequence().ReadObjectIdentifier() switch
        {
            Sha1 => "SHA-1",
            Md5 => "MD5",
            _ => null,
        };
    }
}
