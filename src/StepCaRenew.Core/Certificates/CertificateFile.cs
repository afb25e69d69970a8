using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.Certificates.Pfx;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Certificates;

/// <summary>A leaf certificate and its chain, read from one file.</summary>
internal sealed class CertificateFile : IDisposable
{
    private const string What = "certificate file";

    private readonly IReadOnlyList<ChainLink> links;
    private IReadOnlyList<X509Certificate2>? chain;

    private CertificateFile(PemDocument document, X509Certificate2 leaf, IReadOnlyList<ChainLink> links, PfxFile? pfx = null) =>
        (Document, Leaf, this.links, Pfx) = (document, leaf, links, pfx);

    /// <summary>The path of the file as the user gave it.</summary>
    public string Path => Document.File.Path;

    /// <summary>The file as it was read.</summary>
    public PemDocument Document { get; }

    /// <summary>The pair in a PFX file; null if the file is of another kind, or a PFX file without a private key.</summary>
    public PfxFile? Pfx { get; }

    /// <summary>The end-entity certificate, without a private key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>
    /// The other certificates: the leaf's issuer, its issuer and so on, then those that are not part of that chain. They are
    /// decoded when they are first used, since a check of a certificate that is not due does not need them.
    /// </summary>
    /// <exception cref="RenewalException">A certificate cannot be decoded.</exception>
    public IReadOnlyList<X509Certificate2> Chain => chain ??= [.. links.Select(link => link.Decode())];

    /// <summary>Whether the file also holds a private key.</summary>
    public bool HoldsKey => Document.IsPfx ? Pfx is not null : Document.HoldsKey;

    /// <summary>Reads a certificate file: PEM, DER, PFX or P7B.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">The password of a PFX file; ignored for others.</param>
    /// <exception cref="RenewalException">The file cannot be read, or holds no certificate.</exception>
    public static CertificateFile Load(string path, KeyPassword? password = null) => Parse(Read(path), password: password);

    /// <summary>Reads a certificate file that <paramref name="open"/> opens.</summary>
    /// <inheritdoc cref="Load(string, KeyPassword?)"/>
    internal static CertificateFile Load(string path, Func<string, SmallFile> open, KeyPassword? password = null) => Parse(Read(path, open), password: password);

    /// <summary>Reads a certificate file without decoding its certificates.</summary>
    /// <exception cref="RenewalException">The file cannot be read, or is neither PEM nor DER.</exception>
    internal static PemDocument Read(string path) => Read(path, SmallFile.Open);

    /// <summary>Reads a certificate file that <paramref name="open"/> opens, without decoding its certificates.</summary>
    /// <inheritdoc cref="Read(string)"/>
    internal static PemDocument Read(string path, Func<string, SmallFile> open) => PemDocument.Parse(InputFile.Read(path, What, open), What, ErrorId.CertificateInvalid);

    /// <summary>Decodes the leaf of a file that was read.</summary>
    /// <exception cref="RenewalException">The file holds no certificate.</exception>
    internal static CertificateFile Parse(InputFile file) => Parse(PemDocument.Parse(file, What, ErrorId.CertificateInvalid));

    /// <summary>Decodes the leaf of a file that was read.</summary>
    /// <exception cref="RenewalException">The file holds no certificate.</exception>
    /// <param name="document">The file.</param>
    /// <param name="isKeyKnown">True if the leaf is known to match a private key: its public key is then not checked again.</param>
    /// <param name="password">The password of a PFX file; ignored for others.</param>
    /// <param name="issuers">Caches the certificates of the chain; null if each is decoded.</param>
    internal static CertificateFile Parse(PemDocument document, bool isKeyKnown = false, KeyPassword? password = null, IssuerCache? issuers = null)
    {
        if (document.IsPfx)
            return FromPfx(document, password);
        var (first, links) = Sort(document, issuers);
        var leaf = first.Decode();
        if (!isKeyKnown)
            RequireReadablePublicKey(leaf, document.File.Path);
        return new CertificateFile(document, leaf, links);
    }

    /// <summary>
    /// Whether <see cref="Parse(InputFile)"/> would read a certificate that is decoded already, without decoding it again.
    /// </summary>
    /// <exception cref="RenewalException">The file holds no certificate, or several leaves.</exception>
    internal static bool Holds(InputFile file, X509Certificate2 leaf)
    {
        var (first, links) = Sort(PemDocument.Parse(file, What, ErrorId.CertificateInvalid), issuers: null);
        foreach (var link in links.Append(first))
            link.Release();
        if (!first.Der.Span.SequenceEqual(leaf.RawDataMemory.Span) || !CertificateOutline.HasShape(first.Der))
            return false;
        try
        {
            DecodeParts(leaf);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leaf.Dispose();
        Pfx?.Dispose();
        foreach (var link in links)
            link.Release();
    }

    private static CertificateFile FromPfx(PemDocument document, KeyPassword? password)
    {
        var content = PfxReader.Read(document.File, password);
        if (content.Bags.Any(bag => bag.IsKey))
        {
            var pfx = PfxFile.FromContent(document.File, content, password);
            return new CertificateFile(document, pfx.Leaf, pfx.ChainLinks, pfx);
        }

        var (leaf, links) = ChainOrder.Sort([.. PfxFile.Certificates(content, document.File.Path).Select(certificate => certificate.Link)], document.File.Path);
        return new CertificateFile(document, leaf.Decode(), links);
    }

    /// <summary>Decodes a certificate with all its parts; null if that fails.</summary>
    /// <param name="der">The certificate.</param>
    /// <param name="cause">Why it failed.</param>
    internal static X509Certificate2? TryDecode(ReadOnlyMemory<byte> der, out CryptographicException? cause)
    {
        cause = null;
        try
        {
            // The constructor of .NET 8 would also accept a PFX file and a P7B file.
            if (!CertificateOutline.HasShape(der))
                throw new CryptographicException("The structure is not a certificate.");
            var certificate = CertificateDecoder.Decode(der);
            DecodeParts(certificate);
            return certificate;
        }
        catch (CryptographicException e)
        {
            cause = e;
            return null;
        }
    }

    private static (ChainLink Leaf, IReadOnlyList<ChainLink> Chain) Sort(PemDocument document, IssuerCache? issuers)
    {
        var certificates = P7bCertificates.Unpack(document).Select((der, index) => ChainLink.Create(der, one => Decode(one, document, index + 1), issuers)).ToList();
        return certificates.Count > 0 ? ChainOrder.Sort(certificates, document.File.Path) : throw new RenewalException(
            ErrorId.CertificateInvalid, $"The {What} '{document.File.Path}' holds no certificate, but {document.DescribeContent()}.", "Name the certificate file.");
    }

    private static X509Certificate2 Decode(ReadOnlyMemory<byte> der, PemDocument document, int number)
    {
        return TryDecode(der, out var cause) ?? throw new RenewalException(
            ErrorId.CertificateInvalid, $"Certificate {number} in '{document.File.Path}' cannot be decoded; the file holds {document.DescribeContent()}.",
            "Restore the file from a backup, or issue a new certificate.", cause);
    }

    private static void RequireReadablePublicKey(X509Certificate2 leaf, string path)
    {
        try
        {
            leaf.GetRSAPublicKey()?.Dispose();
            leaf.GetECDsaPublicKey()?.Dispose();
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            throw new RenewalException(
                ErrorId.CertificateInvalid, $"The public key of the leaf certificate in '{path}' cannot be decoded.",
                "Restore the file from a backup, or issue a new certificate.", e);
        }
    }

    // The platform decodes these lazily, and would throw later, in the middle of a run.
    private static void DecodeParts(X509Certificate2 certificate)
    {
        _ = (certificate.NotBefore, certificate.NotAfter, certificate.Subject, certificate.Issuer);
        _ = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        _ = (ChainOrder.IsAuthority(certificate), ExtendedKeyUsage.ReadNames(certificate));
    }
}

/// <summary>Renders the content of a certificate file, in the form of a model file if there is one.</summary>
internal static class CertificateContent
{
    /// <summary>
    /// PEM with leaf and chain in the order of a TLS handshake, then the block of the key, if given. A DER model gives DER, which
    /// holds the leaf only. In a PEM model, other blocks (a key, DH parameters) stay unchanged and in their place, and the key
    /// block, if given, replaces the model's; text between blocks describes the old certificate and is dropped.
    /// </summary>
    public static byte[] Render(X509Certificate2 leaf, IEnumerable<X509Certificate2> chain, PemDocument? model, string? keyBlock = null)
    {
        if (model is { IsPem: false })
            return leaf.RawData;
        var certificates = chain.Prepend(leaf).Select(certificate => certificate.ExportCertificatePem());
        var blocks = model is not null ? InPlace(model.Blocks, certificates, keyBlock) : keyBlock is null ? certificates : certificates.Append(keyBlock);
        return PemDocument.Write(blocks, model);
    }

    private static IEnumerable<string> InPlace(IReadOnlyList<PemBlock> blocks, IEnumerable<string> certificates, string? keyBlock)
    {
        var first = blocks.First(block => block.IsCertificate);
        foreach (var block in blocks)
        {
            if (ReferenceEquals(block, first))
            {
                foreach (var certificate in certificates)
                    yield return certificate;
            }
            else if (!block.IsCertificate)
            {
                yield return block.IsPrivateKey ? keyBlock ?? block.Text : block.Text;
            }
        }
    }
}

/// <summary>The short name of a certificate file in output and messages.</summary>
internal static class CertificateName
{
    private const string Drive = @"Cert:\";
    private const int StoreParts = 4;
    private const int ShownDigits = 8;

    // The order matters: the friendly name of a publication begins with the second.
    private static readonly string[] Prefixes = ["FriendlyName=", "StepCaRenew: ", "Subject=", "CN="];

    /// <summary>The file name without its extension; the name of the folder for common file names such as <c>fullchain.pem</c>; the name or the beginning of the thumbprint in a certificate store.</summary>
    public static string FromPath(string path)
    {
        if (path.StartsWith(Drive, StringComparison.OrdinalIgnoreCase))
            return FromStorePath(path);
        var name = Path.GetFileNameWithoutExtension(path);
        var isCommon = name is "cert" or "fullchain" or "tls" or "certificate" or "server";
        return isCommon && Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) is { Length: > 0 } folder ? folder : name;
    }
    private static string FromStorePath(string path)
    {
        var name = path.Split('\\', StoreParts)[^1];
        if (name.Length == 40 && name.All(char.IsAsciiHexDigit))
            return name[..ShownDigits];
        return Prefixes.Aggregate(name, (rest, prefix) => rest.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? rest[prefix.Length..] : rest);
    }
}
