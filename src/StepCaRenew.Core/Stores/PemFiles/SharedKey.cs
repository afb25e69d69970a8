using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// Finds another certificate that uses the key file of a pair, such as cert.pem and fullchain.pem with one privkey.pem: with a
/// new key, the other one would not match any more.
/// </summary>
/// <param name="paths">The pair.</param>
/// <param name="key">Its key.</param>
/// <param name="now">The time: an expired certificate that names no key file is not in use.</param>
internal sealed class SharedKey(PairPaths paths, PrivateKey key, DateTimeOffset now)
{
    /// <summary>The first other certificate that uses the key; null if there is none.</summary>
    /// <param name="folders">The folders in which every certificate is looked at.</param>
    /// <param name="others">Other pairs that are known, wherever they are.</param>
    public string? FindUser(IEnumerable<string> folders, IEnumerable<PairLocation> others) =>
        others.Concat(folders.Distinct().SelectMany(Certificates)).FirstOrDefault(IsUser)?.CertificatePath;

    private bool IsUser(PairLocation other)
    {
        try
        {
            if (PathNames.AreSame(TargetPath.Follow(other.CertificatePath), paths.Certificate))
                return false;
            var certificate = CertificateFile.Read(other.CertificatePath);
            if (LeafOf(certificate) is not { } leaf || !PairMatch.Matches(leaf.PublicKey.Span, key))
                return false;
            // Without a key file of its own, it may be a copy that nothing uses, or its key is named elsewhere.
            return (other.KeyPath ?? KeyPathConvention.Find(certificate)) is { } keyPath ? PathNames.AreSame(TargetPath.Follow(keyPath), paths.Key) : leaf.NotAfter > now;
        }
        // It is not a certificate, or this account cannot read it.
        catch (RenewalException)
        {
            return false;
        }
    }

    private static CertificateOutline? LeafOf(PemDocument certificate) => certificate.Certificates.Select(CertificateOutline.TryRead).FirstOrDefault(outline => outline is { IsAuthority: false });

    private static IEnumerable<PairLocation> Certificates(string folder)
    {
        try
        {
            return FolderEntry.Read(folder).Where(entry => !entry.IsFolder).Select(entry => Path.Combine(folder, entry.Name)).Order(StringComparer.Ordinal).Select(path => new PairLocation(path, null));
        }
        // An account that cannot list the folder can still replace the pair in it.
        catch (RenewalException)
        {
            return [];
        }
    }
}
