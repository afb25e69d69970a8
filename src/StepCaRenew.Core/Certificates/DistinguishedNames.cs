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
