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
