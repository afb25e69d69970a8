using System.Collections.Concurrent;
using System.Security.Cryptography;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.Files;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// Finds another certificate that uses the key file of a pair, such as cert.pem and fullchain.pem with one privkey.pem: with a
/// new key, the other one would not match any more.
/// </summary>
/// <param name="folders">The open folders of the pair; the files in them are reached through them.</param>
/// <param name="paths">The pair.</param>
/// <param name="key">Its key.</param>
/// <param name="now">The time: an expired certificate that names no key file is not in use.</param>
/// <param name="known">The public keys in certificate files that this call has read: for many pairs in one folder, each file is read once.</param>
internal sealed class SharedKey(OpenFolders folders, PairPaths paths, PrivateKey key, DateTimeOffset now, ConcurrentDictionary<string, string> known)
{
    private readonly string id = IdOf(key.ExportSubjectPublicKeyInfo());

    /// <summary>The first other certificate that uses the key; null if there is none.</summary>
    /// <param name="named">The paths of the two files as the user named them: links can be in another folder than the files.</param>
    /// <param name="published">Files with other forms of the pair: they get the new key.</param>
    /// <param name="others">Other pairs that are known, wherever they are.</param>
    public string? FindUser(IReadOnlyList<string> named, IReadOnlyList<string> published, IEnumerable<PairLocation> others)
    {
        var inPlace = paths.Folders.SelectMany(folder => TryList(folder, () => folders.Open(folder).ListFiles()));
        var next = named.Select(path => Path.GetDirectoryName(path)!).Except(paths.Folders).SelectMany(folder => TryList(folder, () =>
        {
            using var opened = OpenFolder.Follow(folder);
            return opened.ListFiles();
        }));
        return others.Concat(next).Concat(inPlace).FirstOrDefault(other => other.CertificatePath != named[0] && IsUser(other) && !published.Any(path => IsFile(path, other)))?.CertificatePath;
    }

    private bool IsUser(PairLocation other)
    {
        if (known.TryGetValue(other.CertificatePath, out var found) && found != id)
            return false;
        try
        {
            // Without a question to the file system in most cases: the pair itself is among the files of its folder.
            if (other.CertificatePath == paths.Certificate || folders.Follow(other.CertificatePath) is var path && PathNames.AreSame(path, paths.Certificate))
                return false;
            var certificate = CertificateFile.Read(other.CertificatePath, _ => folders.OpenToRead(path));
            var leaf = LeafOf(certificate);
            known[other.CertificatePath] = leaf is null ? string.Empty : IdOf(leaf.PublicKey.Span);
            if (leaf is null || !PairMatch.Matches(leaf.PublicKey.Span, key))
                return false;
            // Without a key file of its own, it may be a copy that nothing uses, or its key is named elsewhere.
            return (other.KeyPath ?? FindKey(certificate)) is { } keyPath ? PathNames.AreSame(folders.Follow(keyPath), paths.Key) : leaf.NotAfter > now;
        }
        // It is not a certificate, or this account cannot read it.
        catch (RenewalException)
        {
            known[other.CertificatePath] = string.Empty;
            return false;
        }
    }

    private bool IsFile(string path, PairLocation other) => PathNames.AreSame(folders.Follow(path), folders.Follow(other.CertificatePath));

    private string? FindKey(PemDocument certificate) => certificate.HoldsKey
        ? certificate.File.Path
        : KeyPathConvention.FindNextTo(certificate.File.Path, path => folders.Exists(path) ?? KeyPathConvention.Exists(path));

    private static string IdOf(ReadOnlySpan<byte> publicKey) => Convert.ToHexString(SHA256.HashData(publicKey));

    private static CertificateOutline? LeafOf(PemDocument certificate) => certificate.Certificates.Select(CertificateOutline.TryRead).FirstOrDefault(outline => outline is { IsAuthority: false });

    private static IEnumerable<PairLocation> TryList(string folder, Func<IReadOnlyList<string>> list)
    {
        try
        {
            return list().Where(name => CertificateFolder.IsCandidate(name)).Select(name => new PairLocation(Path.Combine(folder, name), null));
        }
        // An account that cannot list a folder can still replace the pair in it.
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
