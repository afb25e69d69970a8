using System.Formats.Asn1;

namespace StepCaRenew.Certificates;

/// <summary>Recognises a PKCS#12 file (.pfx, .p12), which users give as a certificate or key file.</summary>
internal static class Pkcs12Shape
{
    private const string Pkcs7 = "1.2.840.113549.1.7.";

    /// <summary>Whether the bytes begin as a PKCS#12 file does (RFC 7292 section 4): version 3, then a PKCS#7 content.</summary>
    public static bool Matches(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            // BER: Windows writes indefinite lengths.
            var file = new AsnReader(bytes, AsnEncodingRules.BER).ReadSequence();
            return file.TryReadInt32(out var version) && version == 3
                && file.ReadSequence().ReadObjectIdentifier().StartsWith(Pkcs7, StringComparison.Ordinal);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    public static RenewalException Unsupported(string errorId, string what, string path) => new(
        errorId, $"The {what} '{path}' is a PKCS#12 file. PKCS#12 is not supported yet.",
        "Export the certificate with its chain, and the private key, to PEM files (openssl pkcs12 does that), and name those files.");
}
