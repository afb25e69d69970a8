using System.Formats.Asn1;
using System.Security.Cryptography;

namespace StepCaRenew.Certificates;

/// <summary>
/// A leaf as its issuer signed it, read directly from its DER (RFC 5280 section 4.1), with everything in it that can decide
/// whether a chain of known issuers is valid.
/// </summary>
internal sealed class SignedLeaf
{
    private const string KeyIdentifier = "2.5.29.14";
    private const string AlternativeNames = "2.5.29.17";
    private const string AuthorityKeyIdentifier = "2.5.29.35";

    private static readonly Asn1Tag Version = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 3);

    private readonly byte[] profile;
    private readonly ReadOnlyMemory<byte> signed;
    private readonly ReadOnlyMemory<byte> signature;
    private readonly HashAlgorithmName hash;
    private readonly bool isEllipticCurve;

    private SignedLeaf(AsnReader certificate)
    {
        signed = certificate.PeekEncodedValue();
        var body = certificate.ReadSequence();
        var algorithm = certificate.ReadEncodedValue();
        signature = certificate.ReadBitString(out var unused);
        certificate.ThrowIfNotEmpty();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.PushSequence();
        writer.WriteEncodedValue(body.PeekTag().HasSameClassAndValue(Version) ? body.ReadEncodedValue().Span : throw new AsnContentException());
        body.ReadIntegerBytes();
        // Both must name the same algorithm (section 4.1.1.2).
        if (unused > 0 || !body.ReadEncodedValue().Span.SequenceEqual(algorithm.Span))
            throw new AsnContentException();
        writer.WriteEncodedValue(algorithm.Span);
        writer.WriteEncodedValue(body.ReadEncodedValue().Span);
        var validity = body.ReadSequence();
        (NotBefore, NotAfter) = (ReadTime(validity), ReadTime(validity));
        // The subject and its key.
        body.ReadSequence();
        body.ReadSequence();
        WriteExtensions(body.ReadSequence(Extensions).ReadSequence(), writer);
        body.ThrowIfNotEmpty();
        writer.PopSequence();
        (profile, (isEllipticCurve, hash)) = (writer.Encode(), ReadAlgorithm(new AsnReader(algorithm, AsnEncodingRules.DER).ReadSequence().ReadObjectIdentifier()));
    }

    /// <summary>The start of its validity.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>The end of its validity.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Reads a leaf.</summary>
    /// <returns>Null if it has something that <see cref="IsLike"/> or <see cref="IsSignedBy"/> cannot judge.</returns>
    public static SignedLeaf? TryRead(ReadOnlyMemory<byte> der)
    {
        try
        {
            return new SignedLeaf(new AsnReader(der, AsnEncodingRules.DER).ReadSequence());
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether this leaf differs from another one only in its serial number, validity, subject, alternative names, key and key
    /// identifier. Issuer, signature algorithm, and all other extensions with their order and criticality are the same.
    /// </summary>
    public bool IsLike(SignedLeaf other) => profile.AsSpan().SequenceEqual(other.profile);

    /// <summary>Whether a key signed it.</summary>
    public bool IsSignedBy(AsymmetricAlgorithm key) => (key, isEllipticCurve) switch
    {
        (ECDsa ec, true) => ec.VerifyData(signed.Span, signature.Span, hash, DSASignatureFormat.Rfc3279DerSequence),
        (RSA rsa, false) => rsa.VerifyData(signed.Span, signature.Span, hash, RSASignaturePadding.Pkcs1),
        _ => false,
    };

    private static void WriteExtensions(AsnReader extensions, AsnWriter writer)
    {
        var seen = new HashSet<string>();
        ReadOnlyMemory<byte> authority = default, own = default;
        while (extensions.HasData)
        {
            var encoded = extensions.ReadEncodedValue();
            var extension = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
            var id = extension.ReadObjectIdentifier();
            if (!seen.Add(id))
                throw new AsnContentException();
            if (id == AuthorityKeyIdentifier)
                authority = encoded;
            if (id is not (KeyIdentifier or AlternativeNames))
            {
                writer.WriteEncodedValue(encoded.Span);
                continue;
            }

            writer.WriteObjectIdentifier(id);
            writer.WriteBoolean(extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean());
            var value = new AsnReader(extension.ReadOctetString(), AsnEncodingRules.DER);
            extension.ThrowIfNotEmpty();
            if (id == KeyIdentifier)
                own = value.ReadOctetString();
            else
                RequireSimpleNames(value.ReadSequence());
            value.ThrowIfNotEmpty();
        }

        // The platform could take a certificate without these, or with the key identifier of its issuer, for an issuer of itself.
        if (own.IsEmpty || authority.IsEmpty || authority.Span.IndexOf(own.Span) >= 0)
            throw new AsnContentException();
    }

    // The platform refuses a certificate whose names it cannot decode.
    private static void RequireSimpleNames(AsnReader names)
    {
        for (; names.HasData; names.ReadEncodedValue())
        {
            // rfc822Name, dNSName, uniformResourceIdentifier, iPAddress (section 4.2.1.6).
            if (names.PeekTag() is not { TagClass: TagClass.ContextSpecific, IsConstructed: false, TagValue: 1 or 2 or 6 or 7 })
                throw new AsnContentException();
        }
    }

    private static DateTimeOffset ReadTime(AsnReader validity) =>
        validity.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? validity.ReadUtcTime() : validity.ReadGeneralizedTime();

    private static (bool IsEllipticCurve, HashAlgorithmName Hash) ReadAlgorithm(string id) => id switch
    {
        "1.2.840.10045.4.3.2" => (true, HashAlgorithmName.SHA256),
        "1.2.840.10045.4.3.3" => (true, HashAlgorithmName.SHA384),
        "1.2.840.10045.4.3.4" => (true, HashAlgorithmName.SHA512),
        "1.2.840.113549.1.1.11" => (false, HashAlgorithmName.SHA256),
        "1.2.840.113549.1.1.12" => (false, HashAlgorithmName.SHA384),
        "1.2.840.113549.1.1.13" => (false, HashAlgorithmName.SHA512),
        _ => throw new AsnContentException(),
    };
}
