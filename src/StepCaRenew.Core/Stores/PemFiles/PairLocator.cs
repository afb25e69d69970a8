using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.Files;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Finds the files of a pair.</summary>
internal static class PairLocator
{
    /// <summary>The files of a pair, links resolved.</summary>
    /// <exception cref="RenewalException">The certificate cannot be read, or there is no key next to it.</exception>
    public static PairPaths Find(PairLocation location) => PairPaths.Resolve(
        location, TargetPath.Follow(location.CertificatePath), TargetPath.Follow(location.KeyPath ?? Locate(location, SmallFile.Open, KeyPathConvention.Exists).KeyPath));

    /// <summary>Reads the certificate file and finds the key, links not resolved.</summary>
    /// <param name="location">The pair.</param>
    /// <param name="open">Opens the certificate file.</param>
    /// <param name="exists">Whether a file exists next to it.</param>
    /// <returns>No document if the pair may be new (except a PFX file), or if the file cannot be read now but a key is next to it: another process may be writing it.</returns>
    /// <exception cref="RenewalException">The certificate cannot be read, or there is no key next to it.</exception>
    public static (PemDocument? Certificate, string KeyPath) Locate(PairLocation location, Func<string, SmallFile> open, Func<string, bool> exists)
    {
        var path = location.CertificatePath;
        if (location.MayBeNew)
        {
            var present = TryRead(path, open);
            return (present is { IsPfx: true } ? present : null, location.KeyPath ?? (present is { HoldsKey: true } ? path : KeyPathConvention.FindNextTo(path, exists) ?? KeyPathConvention.ForNew(path)));
        }

        try
        {
            var document = CertificateFile.Read(path, open);
            return (document, location.KeyPath ?? FindKey(document, open, exists));
        }
        catch (RenewalException e) when (e.ErrorId != ErrorId.KeyNotFound && (location.KeyPath ?? KeyPathConvention.FindNextTo(path, exists)) is not null)
        {
            return (null, location.KeyPath ?? KeyPathConvention.FindNextTo(path, exists)!);
        }
    }

    /// <summary>Whether a certificate file holds a key too; false if it cannot be read: it may be half written, and its key next to it.</summary>
    public static bool HoldsKey(string certificatePath, Func<string, SmallFile> open) => TryRead(certificatePath, open) is { HoldsKey: true };

    /// <summary>Requires the folders of a pair that may be new, and opens them.</summary>
    /// <exception cref="RenewalException">A folder does not exist, or this account cannot enter it.</exception>
    public static void RequireFolders(OpenFolders folders, PairPaths paths)
    {
        foreach (var folder in paths.Folders)
        {
            try
            {
                // On Windows, folders are not opened.
                if (OperatingSystem.IsWindows() && !Directory.Exists(folder))
                    throw new DirectoryNotFoundException(folder);
                folders.Open(folder);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                throw new RenewalException(ErrorId.FileNotFound, $"There is no folder '{folder}'.", "Check the path, or create the folder with the owner and the permissions that it needs.", e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw WriteErrors.Map(e, paths.Certificate);
            }
        }
    }

    private static PemDocument? TryRead(string path, Func<string, SmallFile> open)
    {
        try
        {
            return CertificateFile.Read(path, open);
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    private static string FindKey(PemDocument certificate, Func<string, SmallFile> open, Func<string, bool> exists)
    {
        if (certificate.HoldsKey)
            return certificate.File.Path;
        if (KeyPathConvention.FindNextTo(certificate.File.Path, exists) is { } found)
            return found;
        // If the file is not a certificate, that is the error to report, not the missing key.
        CertificateFile.Load(certificate.File.Path, open).Dispose();
        throw KeyPathConvention.NotFound(certificate.File.Path);
    }
}
