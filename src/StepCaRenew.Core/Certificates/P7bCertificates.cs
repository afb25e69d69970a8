using System.Formats.Asn1;
using StepCaRenew.Certificates.Pem;

namespace StepCaRenew.Certificates;

/// <summary>The certificates in P7B files (PKCS#7, RFC 5652 section 5.1): <c>.p7b</c> of Windows, <c>PKCS7</c> blocks of OpenSSL.</summary>
internal static class P7bCertificates
{
    private const string SignedData = "1.2.840.113549.1.7.2";

    private static readonly Asn1Tag First = new(TagClass.ContextSpecific, 0);

    /// <summary>The certificates of a file: those of its P7B structures as well, if it has any.</summary>
    /// <exception cref="RenewalException">A P7B structure is damaged.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> Unpack(PemDocument document)
    {
        if (!document.IsPem)
            return IsP7b(document.File.Bytes) ? Read(document.File.Bytes, document.File.Path) : document.Certificates;
        return document.Blocks.Any(IsP7b)
            ? document.Blocks.SelectMany(block => block.IsCertificate ? [block.Data] : IsP7b(block) ? Read(block.Data, document.File.Path) : [])
            : document.Certificates;
    }

    private static bool IsP7b(PemBlock block) => block.Label is "PKCS7" or "CMS" or "PKCS #7 SIGNED DATA";

    private static bool IsP7b(byte[] bytes)
    {
        try
        {
            var content = new AsnReader(bytes, AsnEncodingRules.BER).ReadSequence();
            return content.PeekTag() == Asn1Tag.ObjectIdentifier && content.ReadObjectIdentifier() == SignedData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static List<ReadOnlyMemory<byte>> Read(byte[] bytes, string path)
    {
        try
        {
            var content = new AsnReader(bytes, AsnEncodingRules.BER).ReadSequence();
            content.ReadObjectIdentifier();
            var signed = content.ReadSequence(First).ReadSequence();
            signed.ReadInteger();
            signed.ReadSetOf(skipSortOrderValidation: true);
            signed.ReadSequence();
            var certificates = new List<ReadOnlyMemory<byte>>();
            if (!signed.HasData || !signed.PeekTag().HasSameClassAndValue(First))
                return certificates;
            for (var set = signed.ReadSetOf(skipSortOrderValidation: true, First); set.HasData;)
            {
                // Others are attribute certificates.
                var isCertificate = set.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence);
                var next = set.ReadEncodedValue();
                if (isCertificate)
                    certificates.Add(next);
            }

            return certificates;
        }
        catch (AsnContentException e)
        {
            throw new RenewalException(ErrorId.CertificateInvalid, $"The P7B file '{path}' is damaged: its structure cannot be decoded.", "Restore it from a backup, or export it again.", e);
        }
    }
}
