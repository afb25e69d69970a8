using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Files;

namespace StepCaRenew.Certificates;

/// <summary>A leaf certificate and its chain as one file holds them.</summary>
public sealed class CertificateFile : IDisposable
{
    private const string What = "certificate file";

    private readonly IReadOnlyList<ChainLink> links;
    private IReadOnlyList<X509Certificate2>? chain;

    private CertificateFile(PemDocument document, X509Certificate2 leaf, IReadOnlyList<ChainLink> links)
    {
        Document = document;
        Leaf = leaf;
        this.links = links;
    }

    /// <summary>The file's path as the user knows it.</summary>
    public string Path => Document.File.Path;

    /// <summary>The file as it was read.</summary>
    public PemDocument Document { get; }

    /// <summary>The end-entity certificate, without a private key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>
    /// The other certificates: from the leaf's issuer upwards, then what has no place in that order. They are decoded when
    /// somebody asks for them; whoever only looks at a pair never does.
    /// </summary>
    /// <exception cref="RenewalException">One can't be decoded.</exception>
    public IReadOnlyList<X509Certificate2> Chain => chain ??= [.. links.Select(link => link.Decode())];

    /// <summary>Whether the file holds a private key as well.</summary>
    public bool HoldsKey => Document.HoldsKey;

    /// <summary>Reads a certificate file, PEM or DER.</summary>
    /// <exception cref="RenewalException">It can't be read, or holds no certificate.</exception>
    public static CertificateFile Load(string path) => Parse(Read(path));

    /// <summary>The same file, opened in another way than by its path.</summary>
    /// <inheritdoc cref="Load(string)"/>
    internal static CertificateFile Load(string path, Func<string, SmallFile> open) => Parse(Read(path, open));

    /// <summary>Reads the file alone, and decodes nothing yet.</summary>
    /// <exception cref="RenewalException">It can't be read, or is neither PEM nor DER.</exception>
    internal static PemDocument Read(string path) => Read(path, SmallFile.Open);

    /// <summary>The same file, opened in another way than by its path.</summary>
    /// <inheritdoc cref="Read(string)"/>
    internal static PemDocument Read(string path, Func<string, SmallFile> open) => PemDocument.Parse(InputFile.Read(path, What, open), What, ErrorId.CertificateInvalid);

    /// <summary>Reads the bytes of the file.</summary>
    /// <exception cref="RenewalException">It can't be read.</exception>
    internal static InputFile ReadBytes(string path) => InputFile.Read(path, What);

    /// <summary>Reads a certificate out of a file's content.</summary>
    /// <exception cref="RenewalException">It holds no certificate.</exception>
    internal static CertificateFile Parse(InputFile file) => Parse(PemDocument.Parse(file, What, ErrorId.CertificateInvalid));

    /// <summary>Decodes a file that was read.</summary>
    /// <exception cref="RenewalException">It holds no certificate.</exception>
    /// <param name="document">The file.</param>
    /// <param name="isKeyKnown">Whether the leaf's public key was found to be that of a private key, and so need not be looked at.</param>
    internal static CertificateFile Parse(PemDocument document, bool isKeyKnown = false)
    {
        var path = document.File.Path;
        var certificates = document.Certificates.Select((der, index) => ChainLink.Create(der, () => Decode(der, document, index + 1))).ToList();
        if (certificates.Count == 0)
            throw new RenewalException(
                ErrorId.CertificateInvalid, $"The {What} '{path}' holds no certificate, but {document.DescribeContent()}.", "Name the certificate file.");
        var (first, links) = ChainOrder.Sort(certificates, path);
        var leaf = first.Decode();
        if (!isKeyKnown)
            DemandPublicKey(leaf, path);
        return new CertificateFile(document, leaf, links);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leaf.Dispose();
        foreach (var link in links)
            link.Release();
    }

    private static X509Certificate2 Decode(ReadOnlyMemory<byte> der, PemDocument document, int number)
    {
        try
        {
            // The constructor would also take PKCS#12 and PKCS#7, and their surprises.
            if (Pkcs12Shape.Matches(der))
                throw Pkcs12Shape.Unsupported(ErrorId.CertificateUnsupported, What, document.File.Path);
            if (!CertificateOutline.HasShape(der))
                throw new CryptographicException("it is another structure");
            var certificate = CertificateDecoder.Decode(der);
            DecodeParts(certificate);
            return certificate;
        }
        catch (CryptographicException e)
        {
            throw new RenewalException(
                ErrorId.CertificateInvalid, $"Certificate {number} in '{document.File.Path}' can't be decoded; the file holds {document.DescribeContent()}.",
                "Put the file back from a backup, or issue a new certificate.", e);
        }
    }

    private static void DemandPublicKey(X509Certificate2 leaf, string path)
    {
        try
        {
            leaf.GetRSAPublicKey()?.Dispose();
            leaf.GetECDsaPublicKey()?.Dispose();
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            throw new RenewalException(
                ErrorId.CertificateInvalid, $"The public key of the leaf certificate in '{path}' can't be decoded.",
                "Put the file back from a backup, or issue a new certificate.", e);
        }
    }

    // The platform decodes these only when they are asked for, and would throw in the middle of a run.
    private static void DecodeParts(X509Certificate2 certificate)
    {
        _ = (certificate.NotBefore, certificate.NotAfter, certificate.Subject, certificate.Issuer);
        _ = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        _ = (ChainOrder.IsAuthority(certificate), ExtendedKeyUsage.ReadNames(certificate));
    }
}
