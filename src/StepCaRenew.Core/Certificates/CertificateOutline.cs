using System.Formats.Asn1;

namespace StepCaRenew.Certificates;

/// <summary>
/// What decides about a certificate, read straight from its DER (RFC 5280 section 4.1). Most runs end with a look, and
/// the platform's decoding of one certificate takes as long as all the rest of it.
/// </summary>
/// <param name="SerialNumber">The serial number's bytes, the first one first.</param>
/// <param name="Issuer">The issuer's name as it is encoded.</param>
/// <param name="NotBefore">The first moment of its validity.</param>
/// <param name="NotAfter">The last moment of its validity.</param>
/// <param name="Subject">The subject's name as it is encoded.</param>
/// <param name="PublicKey">The SubjectPublicKeyInfo as it is encoded.</param>
/// <param name="IsAuthority">Whether it may issue others (section 4.2.1.9).</param>
internal sealed record CertificateOutline(
    ReadOnlyMemory<byte> SerialNumber,
    ReadOnlyMemory<byte> Issuer,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    ReadOnlyMemory<byte> Subject,
    ReadOnlyMemory<byte> PublicKey,
    bool IsAuthority)
{
    private const string BasicConstraints = "2.5.29.19";

    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 3);

    /// <summary>Reads a certificate.</summary>
    /// <returns>Null where it is none, or not written to the letter of the rules: the platform's decoder has the last word.</returns>
    public static CertificateOutline? TryRead(ReadOnlyMemory<byte> der)
    {
        try
        {
            return Read(Body(der, AsnEncodingRules.DER));
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether it has the shape of a certificate, for a constructor that would take PKCS#12 and PKCS#7 as well. A list of
    /// revoked certificates and a signing request have the same shape, and are refused by that constructor.
    /// </summary>
    public static bool HasShape(ReadOnlyMemory<byte> der)
    {
        try
        {
            return Body(der, AsnEncodingRules.BER).HasData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    // A body, an algorithm, a signature.
    private static AsnReader Body(ReadOnlyMemory<byte> der, AsnEncodingRules rules)
    {
        var certificate = new AsnReader(der, rules).ReadSequence();
        var body = certificate.ReadSequence();
        certificate.ReadSequence();
        certificate.ReadBitString(out _);
        return body;
    }

    private static CertificateOutline Read(AsnReader body)
    {
        if (body.PeekTag().HasSameClassAndValue(Version))
            body.ReadEncodedValue();
        var serialNumber = body.ReadIntegerBytes();
        body.ReadSequence();
        var issuer = body.ReadEncodedValue();
        var validity = body.ReadSequence();
        var (notBefore, notAfter) = (ReadTime(validity), ReadTime(validity));
        var (subject, publicKey) = (body.ReadEncodedValue(), body.ReadEncodedValue());
        DemandWholeBytes(publicKey);
        return new CertificateOutline(serialNumber, issuer, notBefore, notAfter, subject, publicKey, ReadIsAuthority(body));
    }

    // The platform passes over bits that are said to be unused, and shows a key that is encoded otherwise.
    private static void DemandWholeBytes(ReadOnlyMemory<byte> publicKey)
    {
        var key = new AsnReader(publicKey, AsnEncodingRules.DER).ReadSequence();
        key.ReadSequence();
        key.ReadBitString(out var unused);
        key.ThrowIfNotEmpty();
        if (unused > 0)
            throw new AsnContentException();
    }

    private static DateTimeOffset ReadTime(AsnReader validity) =>
        validity.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? validity.ReadUtcTime() : validity.ReadGeneralizedTime();

    private static bool ReadIsAuthority(AsnReader body)
    {
        // The two unique identifiers of old may stand before them.
        while (body.HasData && !body.PeekTag().HasSameClassAndValue(Extensions))
            body.ReadEncodedValue();
        if (!body.HasData)
            return false;
        for (var extensions = body.ReadSequence(Extensions).ReadSequence(); extensions.HasData;)
        {
            var extension = extensions.ReadSequence();
            if (extension.ReadObjectIdentifier() != BasicConstraints)
                continue;
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
                extension.ReadBoolean();
            var constraints = new AsnReader(extension.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
            return constraints.HasData && constraints.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && constraints.ReadBoolean();
        }

        return false;
    }
}
