using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>One entry of a PFX file: a certificate, a key, or something else that is kept as it is (RFC 7292 section 4.2).</summary>
/// <param name="Kind">The OID of its kind.</param>
/// <param name="Value">Its value, encoded.</param>
/// <param name="Attributes">Its attributes.</param>
internal sealed record PfxBag(string Kind, ReadOnlyMemory<byte> Value, IReadOnlyList<PfxAttribute> Attributes)
{
    private const string KeyKind = "1.2.840.113549.1.12.10.1.1";
    private const string ShroudedKeyKind = "1.2.840.113549.1.12.10.1.2";
    private const string CertificateKind = "1.2.840.113549.1.12.10.1.3";
    private const string NestedKind = "1.2.840.113549.1.12.10.1.6";
    private const string X509 = "1.2.840.113549.1.9.22.1";

    private static readonly Asn1Tag Explicit = new(TagClass.ContextSpecific, 0);

    /// <summary>Whether it holds a private key.</summary>
    public bool IsKey => Kind is KeyKind or ShroudedKeyKind;

    /// <summary>Whether it holds a private key that is encrypted by itself.</summary>
    public bool IsShroudedKey => Kind == ShroudedKeyKind;

    /// <summary>Whether it holds other entries.</summary>
    public bool IsNested => Kind == NestedKind;

    /// <summary>The certificate, DER; null if it is not an X.509 certificate.</summary>
    public ReadOnlyMemory<byte>? Certificate { get; private init; }

    /// <summary>The encryption of a private key; null if it is not encrypted by itself.</summary>
    public PfxCipher? Cipher { get; init; }

    /// <summary>The name that programs show; null if there is none.</summary>
    public string? FriendlyName => Find(PfxAttribute.FriendlyNameOid)?.Text;

    /// <summary>The attribute with an OID; null if there is none.</summary>
    public PfxAttribute? Find(string oid) => Attributes.FirstOrDefault(attribute => attribute.Oid == oid);

    /// <summary>A certificate.</summary>
    public static PfxBag ForCertificate(X509Certificate2 certificate, IReadOnlyList<PfxAttribute> attributes)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(X509);
            using (writer.PushSequence(Explicit))
                writer.WriteOctetString(certificate.RawData);
        }

        return new PfxBag(CertificateKind, writer.Encode(), attributes) { Certificate = certificate.RawData };
    }

    /// <summary>A private key, PKCS#8.</summary>
    public static PfxBag ForKey(byte[] key, bool isShrouded, IReadOnlyList<PfxAttribute> attributes) => new(isShrouded ? ShroudedKeyKind : KeyKind, key, attributes);

    /// <summary>Reads the next SafeBag.</summary>
    /// <exception cref="AsnContentException">The bytes are damaged.</exception>
    public static PfxBag Read(AsnReader reader)
    {
        var bag = reader.ReadSequence();
        var kind = bag.ReadObjectIdentifier();
        var value = bag.ReadSequence(Explicit).ReadEncodedValue();
        var attributes = new List<PfxAttribute>();
        if (bag.HasData)
        {
            for (var set = bag.ReadSetOf(skipSortOrderValidation: true); set.HasData;)
                attributes.Add(PfxAttribute.Read(set));
        }

        return new PfxBag(kind, value, attributes) { Certificate = kind == CertificateKind ? ReadCertificate(value) : null };
    }

    private static ReadOnlyMemory<byte>? ReadCertificate(ReadOnlyMemory<byte> value)
    {
        var certificate = new AsnReader(value, AsnEncodingRules.BER).ReadSequence();
        return certificate.ReadObjectIdentifier() == X509 ? certificate.ReadSequence(Explicit).ReadOctetString() : (ReadOnlyMemory<byte>?)null;
    }
}

/// <summary>An attribute of an entry.</summary>
/// <param name="Oid">Its OID.</param>
/// <param name="Values">Its values, encoded.</param>
internal sealed record PfxAttribute(string Oid, IReadOnlyList<ReadOnlyMemory<byte>> Values)
{
    public const string FriendlyNameOid = "1.2.840.113549.1.9.20";
    public const string LocalKeyIdOid = "1.2.840.113549.1.9.21";

    /// <summary>The value as text; null if it is not one.</summary>
    public string? Text
    {
        get
        {
            try
            {
                return Values.Count == 0 ? null : new AsnReader(Values[0], AsnEncodingRules.BER).ReadCharacterString(UniversalTagNumber.BMPString);
            }
            catch (AsnContentException)
            {
                return null;
            }
        }
    }

    /// <summary>The name that programs show. Characters outside the basic plane, which a BMPString cannot have, are replaced.</summary>
    public static PfxAttribute ForFriendlyName(string name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.BMPString, string.Concat(name.Select(character => char.IsSurrogate(character) ? '\uFFFD' : character)));
        return new PfxAttribute(FriendlyNameOid, [writer.Encode()]);
    }

    /// <summary>
    /// The id of a key, which its certificate has as well; Java finds the chain by it. The SHA-1 hash of the certificate, as
    /// OpenSSL writes it.
    /// </summary>
    public static PfxAttribute ForLocalKeyId(X509Certificate2 leaf)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(leaf.GetCertHash());
        return new PfxAttribute(LocalKeyIdOid, [writer.Encode()]);
    }

    /// <summary>Whether two attributes are equal.</summary>
    public bool IsSame(PfxAttribute other) =>
        Oid == other.Oid && Values.Count == other.Values.Count && Values.Zip(other.Values).All(pair => pair.First.Span.SequenceEqual(pair.Second.Span));

    /// <summary>Reads the next attribute.</summary>
    /// <exception cref="AsnContentException">The bytes are damaged.</exception>
    public static PfxAttribute Read(AsnReader reader)
    {
        var attribute = reader.ReadSequence();
        var oid = attribute.ReadObjectIdentifier();
        var values = new List<ReadOnlyMemory<byte>>();
        for (var set = attribute.ReadSetOf(skipSortOrderValidation: true); set.HasData;)
            values.Add(set.ReadEncodedValue());
        return new PfxAttribute(oid, values);
    }
}
