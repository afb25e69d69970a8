using System.Formats.Asn1;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace StepCaRenew.Certificates;

/// <summary>
/// Reads the private half of an EC key (RFC 5915, alone or within PKCS#8) and lets OpenSSL work out the public one. To
/// import both makes it multiply the private half out as well, to compare, and takes twice as long.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class EcKeyReader
{
    private static readonly Asn1Tag Parameters = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag PublicKey = new(TagClass.ContextSpecific, 1);

    /// <summary>Reads a key on a named curve.</summary>
    /// <returns>Null where it is written in another way: the platform's import has the last word.</returns>
    /// <exception cref="CryptographicException">Its halves don't belong together.</exception>
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
            // A point in its short form or none at all, a number without its leading zeros: all that is for the platform.
            if (curve is null || point is not [4, ..] || point.Length != 1 + 2 * secret.Length)
                return null;
            return Make(curve, secret, point);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    // Named twice, it must be the same one.
    private static string? Curve(AsnReader parameters, string? outer) =>
        parameters.PeekTag() == Asn1Tag.ObjectIdentifier && parameters.ReadObjectIdentifier() is var inner && (outer is null || outer == inner) ? inner : null;

    private static ECDsaOpenSsl Make(string curve, byte[] secret, byte[] point)
    {
        var key = new ECDsaOpenSsl();
        try
        {
            key.ImportParameters(new ECParameters { Curve = ECCurve.CreateFromValue(curve), D = secret });
            var derived = key.ExportParameters(includePrivateParameters: false).Q;
            return point.AsSpan(1).SequenceEqual((byte[])[.. derived.X!, .. derived.Y!]) ? key : throw new CryptographicException("The public half of the key is not that of its private half.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
