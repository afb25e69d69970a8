using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Decodes one certificate, and nothing else.</summary>
internal static class CertificateDecoder
{
    private static readonly Func<byte[], X509Certificate2> Loader = FindLoader();

    /// <summary>Decodes a certificate whose shape was looked at.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It can't be decoded.</exception>
    public static X509Certificate2 Decode(ReadOnlyMemory<byte> der) => Loader(der.ToArray());

    // X509CertificateLoader came with .NET 9, one version after the one that this is built for. It does not try what else
    // the bytes may be, which makes it a third faster.
    private static Func<byte[], X509Certificate2> FindLoader()
    {
        var type = Type.GetType("System.Security.Cryptography.X509Certificates.X509CertificateLoader, System.Security.Cryptography");
        return type?.GetMethod("LoadCertificate", [typeof(byte[])])?.CreateDelegate<Func<byte[], X509Certificate2>>() ?? Construct;
    }

#pragma warning disable SYSLIB0057 // The loader, where there is none.
    private static X509Certificate2 Construct(byte[] der) => new(der);
#pragma warning restore SYSLIB0057
}
