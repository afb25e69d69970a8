using System.Formats.Asn1;

namespace StepCaRenew.Certificates;

/// <summary>
/// The fields of a certificate that decide whether it is due, read directly from its DER (RFC 5280 section 4.1). Most runs
/// only check, and decoding by the platform takes as long as the rest of a check.
/// </summary>
/// <param name="SerialNumber">The bytes of the serial number, the most significant first.</param>
/// <param name="Issuer">The issuer's name, DER.</param>
/// <param name="NotBefore">The start of its validity.</param>
/// <param name="NotAfter">The end of its validity.</param>
/// <param name="Subject">The subject's name, DER.</param>
/// <param name="PublicKey">The SubjectPublicKeyInfo, DER.</param>
/// <param name="IsAuthority">Whether it is a CA certificate (section 4.2.1.9).</param>
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
    /// <returns>Null if it is not a certificate in strict DER; the platform's decoder may still accept it.</returns>
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
    /// Whether the bytes have the shape of a certificate; the platform's constructor also accepts PKCS#12 and PKCS#7. A
    /// revocation list and a signing request have the same shape, but that constructor refuses them.
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

    // tbsCertificate, signatureAlgorithm, signatureValue.
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
        RequireWholeBytes(publicKey);
        return new CertificateOutline(serialNumber, issuer, notBefore, notAfter, subject, publicKey, ReadIsAuthority(body));
    }

    // The platform ignores the count of unused bits and re-encodes the key, so that the bytes could not be compared.
    private static void RequireWholeBytes(ReadOnlyMemory<byte> publicKey)
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
        // The two unique identifiers of version 2 may precede the extensions.
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
