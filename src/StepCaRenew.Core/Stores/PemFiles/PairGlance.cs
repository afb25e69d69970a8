using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Renewal;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// One quick look at a pair: where its files lie and, where all is as it should be, what decides about it. Whatever is
/// out of order is left to <see cref="MatchingPairLoader"/>, which has patience, and knows what to say.
/// </summary>
internal sealed class PairGlance : IDisposable
{
    private readonly PemDocument? certificate;
    private KeyFile? key;

    private PairGlance(OpenFolders folders, PairPaths paths, string keyPath, PemDocument? certificate, KeyFile? key, PairFacts? facts) =>
        (Folders, Paths, KeyPath, this.certificate, this.key, Facts) = (folders, paths, keyPath, certificate, key, facts);

    /// <summary>The folders of the files, as they were opened for this look; the rest of the attempt works in them.</summary>
    public OpenFolders Folders { get; }

    /// <summary>The files, links resolved.</summary>
    public PairPaths Paths { get; }

    /// <summary>The key file as the user named it, or as it was found next to the certificate.</summary>
    public string KeyPath { get; }

    /// <summary>The facts; null where the look showed no certificate with its key.</summary>
    public PairFacts? Facts { get; }

    /// <summary>A certificate of the file, as DER; null where there are no facts.</summary>
    public ReadOnlyMemory<byte>? AnyCertificate => certificate?.Certificates.First();

    /// <summary>Looks.</summary>
    /// <exception cref="RenewalException">The certificate can't be read, or there is no key beside it.</exception>
    public static PairGlance Take(RenewalRequest request)
    {
        var folders = new OpenFolders();
        try
        {
            return Take(request, folders);
        }
        catch
        {
            folders.Dispose();
            throw;
        }
    }

    private static PairGlance Take(RenewalRequest request, OpenFolders folders)
    {
        // First of all: a link that must not be followed is not read through either.
        var certificatePath = TargetPath.Follow(request.CertificatePath);
        var (certificate, keyPath) = PairLocator.Locate(request, _ => folders.OpenToRead(certificatePath), path => folders.Exists(path) ?? KeyPathConvention.Exists(path));
        var paths = PairPaths.Resolve(request, certificatePath, folders.Follow(keyPath));
        if (certificate is null || LeafOf(certificate) is not { } leaf || TryLoad(keyPath, request.KeyPassword, _ => folders.OpenToRead(paths.Key)) is not { } key)
            return new PairGlance(folders, paths, keyPath, null, null, null);
        if (PairMatch.Matches(leaf.PublicKey.Span, key.Key))
            return new PairGlance(folders, paths, keyPath, certificate, key, PairFacts.Of(certificate.File.Path, leaf, key));
        key.Dispose();
        return new PairGlance(folders, paths, keyPath, null, null, null);
    }

    /// <summary>The pair that was seen, if its files are read again and hold the same; it is given away, once.</summary>
    public CertificatePair? TryTakePair(PairReader reader)
    {
        if (key is null || !new ProvenPair(certificate!.File.Bytes, key.Document.File.Bytes).IsAt(certificate.File.Path, key.Path, reader.Open))
            return null;
        var pair = CertificatePair.Of(CertificateFile.Parse(certificate, isKeyKnown: true), key);
        key = null;
        return pair;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        key?.Dispose();
        Folders.Dispose();
    }

    // One leaf, or a leaf among authorities; all else is looked at more closely.
    private static CertificateOutline? LeafOf(PemDocument certificate)
    {
        CertificateOutline? leaf = null;
        foreach (var der in certificate.Certificates)
        {
            if (CertificateOutline.TryRead(der) is not { } outline || (leaf is not null && !outline.IsAuthority))
                return null;
            if (!outline.IsAuthority)
                leaf = outline;
        }

        return leaf;
    }

    private static KeyFile? TryLoad(string keyPath, KeyPassword? password, Func<string, SmallFile> open)
    {
        try
        {
            return KeyFile.Load(keyPath, password, open);
        }
        catch (RenewalException)
        {
            return null;
        }
    }
}
