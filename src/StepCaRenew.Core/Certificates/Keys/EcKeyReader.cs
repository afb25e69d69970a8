using System.Formats.Asn1;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace StepCaRenew.Certificates.Keys;

/// <summary>
/// Reads the private scalar of an EC key (RFC 5915, alone or within PKCS#8) and has OpenSSL compute the public key. Importing
/// both takes twice as long, because OpenSSL then computes the public key as well, to compare.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class EcKeyReader
{
    private static readonly Asn1Tag Parameters = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag PublicKey = new(TagClass.ContextSpecific, 1);

    /// <summary>Reads a key on a named curve.</summary>
    /// <returns>Null if the key has another form, which the platform's import may accept.</returns>
    /// <exception cref="CryptographicException">The public key in the file is not that of the private key.</exception>
    public static ECDsaOpenSsl? TryRead(ReadOnlyMemory<byte> der, KeyFormat format)
    {
        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            return format == KeyFormat.Sec1 ? ReadKey(reader, curve: null) : ReadPkcs8(reader.ReadSequence());
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static ECDsaOpenSsl? ReadPkcs8(AsnReader info)
    {
        info.ReadInteger();
        var algorithm = info.ReadSequence();
        algorithm.ReadObjectIdentifier();
        return algorithm.PeekTag() == Asn1Tag.ObjectIdentifier
            ? ReadKey(new AsnReader(info.ReadOctetString(), AsnEncodingRules.DER), algorithm.ReadObjectIdentifier())
            : null;
    }

    private static ECDsaOpenSsl? ReadKey(AsnReader reader, string? curve)
    {
        var key = reader.ReadSequence();
        key.ReadInteger();
        var secret = key.ReadOctetString();
        try
        {
            if (key.HasData && key.PeekTag().HasSameClassAndValue(Parameters))
                curve = Curve(key.ReadSequence(Parameters), curve);
            var point = key.HasData && key.PeekTag().HasSameClassAndValue(PublicKey) ? key.ReadSequence(PublicKey).ReadBitString(out _) : null;
            // A compressed or missing point, or a scalar without its leading zeros: left to the platform.
            if (curve is null || point is not [4, ..] || point.Length != 1 + 2 * secret.Length)
                return null;
            return Make(curve, secret, point);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    // If the curve is named twice, both names must be equal.
    private static string? Curve(AsnReader parameters, string? outer) =>
        parameters.PeekTag() == Asn1Tag.ObjectIdentifier && parameters.ReadObjectIdentifier() is var inner && (outer is null || outer == inner) ? inner : null;

    private static ECDsaOpenSsl Make(string curve, byte[] secret, byte[] point)
    {
        var key = new ECDsaOpenSsl();
        try
        {
            key.ImportParameters(new ECParameters { Curve = ECCurve.CreateFromValue(curve), D = secret });
            var derived = key.ExportParameters(includePrivateParameters: false).Q;
            return point.AsSpan(1).SequenceEqual((byte[])[.. derived.X!, .. derived.Y!]) ? key : throw new CryptographicException("The public key is not that of the private key.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
