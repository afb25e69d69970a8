using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

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
