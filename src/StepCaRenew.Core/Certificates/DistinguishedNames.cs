using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Compares distinguished names by their values (RFC 5280 section 7.1), not by their encoding.</summary>
/// <remarks>
/// step-ca encodes the subject again when it renews: the UTF8String of other software becomes a PrintableString with the
/// same letters.
/// </remarks>
internal static class DistinguishedNames
{
    /// <summary>Whether both have the same attributes with the same values in the same order; case-sensitive.</summary>
    public static bool AreEqual(X500DistinguishedName one, X500DistinguishedName other) =>
        one.RawData.AsSpan().SequenceEqual(other.RawData) || (Parts(one) is { } parts && Parts(other) is { } others && parts.SequenceEqual(others));

    // Null if it cannot be decoded: then only equal bytes count as equal.
    private static List<string>? Parts(X500DistinguishedName name)
    {
        try
        {
            var parts = new List<string>();
            var sequence = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
            while (sequence.HasData)
            {
                var values = new List<string>();
                // The order of a set depends on the encoding, which may differ.
                var set = sequence.ReadSetOf(skipSortOrderValidation: true);
                while (set.HasData)
                {
                    var attribute = set.ReadSequence();
                    values.Add($"{attribute.ReadObjectIdentifier()}={Value(attribute)}");
                }

                values.Sort(StringComparer.Ordinal);
                parts.AddRange([$"{values.Count}", .. values]);
            }

            return parts;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static string Value(AsnReader attribute)
    {
        var tag = attribute.PeekTag();
        if (tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is
            UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.BMPString or UniversalTagNumber.T61String)
            return "text " + attribute.ReadCharacterString((UniversalTagNumber)tag.TagValue);
        return "data " + Convert.ToHexString(attribute.ReadEncodedValue().Span);
    }
}

/// <summary>The common name of a certificate's subject.</summary>
internal static class CommonName
{
    private const string Oid = "2.5.4.3";

    /// <summary>
    /// The common name, or an empty string if the subject has none. Of several it is the last one, as in Go: a renewal token
    /// must contain the name that the CA reads.
    /// </summary>
    public static string FromCertificate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var name = string.Empty;
        try
        {
            var subject = new AsnReader(certificate.SubjectName.RawData, AsnEncodingRules.BER).ReadSequence();
            while (subject.HasData)
            {
                for (var elements = subject.ReadSetOf(); elements.HasData;)
                    name = Text(elements.ReadSequence()) ?? name;
            }
        }
        catch (AsnContentException)
        {
            // Damaged: use what was read so far.
        }

        return name;
    }

    private static string? Text(AsnReader element)
    {
        if (element.ReadObjectIdentifier() != Oid || element.PeekTag() is not { TagClass: TagClass.Universal, TagValue: var type })
            return null;
        return (UniversalTagNumber)type is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.T61String
            or UniversalTagNumber.IA5String or UniversalTagNumber.NumericString or UniversalTagNumber.BMPString
            ? element.ReadCharacterString((UniversalTagNumber)type)
            : null;
    }
}
