using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.Renewal;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// Reads the files of a pair by the names that the user knows, in the folders that the run has opened: whatever the user's
/// paths lead to by then, these are the files that the run locked and will replace.
/// </summary>
/// <param name="folders">The open folders.</param>
/// <param name="request">The names that the user knows.</param>
/// <param name="paths">The files.</param>
/// <param name="keyPath">The key file as the user knows it.</param>
internal sealed class PairReader(OpenFolders folders, RenewalRequest request, PairPaths paths, string keyPath)
{
    /// <summary>Opens a file of the pair.</summary>
    /// <param name="path">Its path as the user knows it.</param>
    public SmallFile Open(string path) =>
        path == request.CertificatePath ? folders.OpenToRead(paths.Certificate)
        : path == keyPath ? folders.OpenToRead(paths.Key)
        // Another key than at first: IsStillThere says so.
        : SmallFile.Open(path);

    /// <summary>Where the key of a certificate is by now.</summary>
    /// <exception cref="RenewalException">There is none.</exception>
    public string KeyOf(CertificateFile certificate) => request.KeyPath ?? KeyPathConvention.FindRequired(certificate, OpenFolders.IsFile);

    /// <summary>Whether the request still leads to these files; an error is for whoever reads them next to report.</summary>
    public bool IsAt() => Holds(() => IsAt(request.KeyPath ?? FindKey()));

    /// <summary>The same if the certificate file was read before, and is not to be read again.</summary>
    public bool IsAt(CertificateFile certificate) => Holds(() => IsAt(KeyOf(certificate)));

    /// <summary>Whether the request still leads to these files, and they hold what was read.</summary>
    public bool IsUnchanged(CertificatePair pair) => IsAt(pair.Certificate) && Holds(() => pair.IsStillOnDisk(Open));

    // A certificate that cannot be read may be about to be written: its key may be there.
    private string? FindKey()
    {
        try
        {
            return CertificateFile.Read(request.CertificatePath, Open).HoldsKey ? request.CertificatePath : Beside();
        }
        catch (RenewalException)
        {
            return Beside();
        }
    }

    private string? Beside() => KeyPathConvention.FindNextTo(request.CertificatePath, OpenFolders.IsFile);

    private bool IsAt(string? key) =>
        key == keyPath && folders.IsStillAt(request.CertificatePath, paths.Certificate) && folders.IsStillAt(keyPath, paths.Key);

    private static bool Holds(Func<bool> check)
    {
        try
        {
            return check();
        }
        catch (RenewalException)
        {
            return false;
        }
    }
}
