using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Compares distinguished names by what they say (RFC 5280 section 7.1), not by how it is encoded.</summary>
/// <remarks>
/// A CA that renews encodes the subject anew: step-ca turns a UTF8String, which other software wrote, into the
/// PrintableString of the same letters.
/// </remarks>
internal static class DistinguishedNames
{
    /// <summary>Whether both hold the same attributes with the same values in the same order; letter case counts.</summary>
    public static bool AreEqual(X500DistinguishedName one, X500DistinguishedName other) =>
        one.RawData.AsSpan().SequenceEqual(other.RawData) || (Parts(one) is { } parts && Parts(other) is { } others && parts.SequenceEqual(others));

    // Null where it can't be decoded: then only the bytes can say that two are the same.
    private static List<string>? Parts(X500DistinguishedName name)
    {
        try
        {
            var parts = new List<string>();
            var sequence = new AsnReader(name.RawData, AsnEncodingRules.DER).ReadSequence();
            while (sequence.HasData)
            {
                var values = new List<string>();
                // A set's order follows from its encoding, which is what may differ.
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
