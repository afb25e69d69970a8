using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Decodes one DER certificate.</summary>
internal static class CertificateDecoder
{
    private static readonly Func<byte[], X509Certificate2> Loader = FindLoader();

    /// <summary>Decodes a certificate; the caller has checked its shape (<see cref="CertificateOutline.HasShape"/>).</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It cannot be decoded.</exception>
    public static X509Certificate2 Decode(ReadOnlyMemory<byte> der) => Loader(der.ToArray());

    // This is built for .NET 8, and X509CertificateLoader came with .NET 9. It does not try other formats, which makes it a
    // third faster.
    private static Func<byte[], X509Certificate2> FindLoader()
    {
        var type = Type.GetType("System.Security.Cryptography.X509Certificates.X509CertificateLoader, System.Security.Cryptography");
        return type?.GetMethod("LoadCertificate", [typeof(byte[])])?.CreateDelegate<Func<byte[], X509Certificate2>>() ?? Construct;
    }

#pragma warning disable SYSLIB0057 // Used on .NET 8, which has no loader.
    private static X509Certificate2 Construct(byte[] der) => new(der);
#pragma warning restore SYSLIB0057
}

/// <summary>Recognises a PFX file (PKCS#12), by its name or by its content.</summary>
internal static class Pkcs12Shape
{
    private const string Pkcs7 = "1.2.840.113549.1.7.";

    /// <summary>Whether a path has the ending of a PFX file.</summary>
    public static bool IsName(string path) => Path.GetExtension(path.AsSpan()) is var ending
        && (ending.Equals(".pfx", StringComparison.OrdinalIgnoreCase) || ending.Equals(".p12", StringComparison.OrdinalIgnoreCase));

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
}
