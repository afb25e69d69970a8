using System.IO.Enumeration;
using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Recognises the leaf certificates in a folder that also holds keys, roots and other files.</summary>
internal static class CertificateFolder
{
    private static readonly string[] Endings = [".crt", ".cer", ".cert", ".pem", ".der"];

    /// <summary>
    /// Whether a file that a search found is a leaf certificate, and not a key, a root or a chain.
    /// </summary>
    /// <exception cref="RenewalException">The file cannot be read, or is a damaged certificate.</exception>
    public static bool IsLeaf(string path) => IsLeaf(path, SmallFile.Open);

    /// <summary>The same with another way to open the file.</summary>
    /// <inheritdoc cref="IsLeaf(string)"/>
    public static bool IsLeaf(string path, Func<string, SmallFile> open)
    {
        var document = CertificateFile.Read(path, open);
        // A pattern such as *.pfx names it; only the password shows what it holds.
        if (document.IsPfx)
            return true;
        var outlines = document.Certificates.Select(CertificateOutline.TryRead).ToList();
        if (outlines.Exists(outline => outline is null))
        {
            // Not strict DER, or damaged: decoding it reports what is wrong.
            using var certificate = CertificateFile.Parse(document);
            return !ChainOrder.IsAuthority(certificate.Leaf);
        }

        return outlines.Exists(outline => !outline!.IsAuthority);
    }

    /// <summary>Whether a file with this name can be a certificate. Staged files, and the temporary files of editors, begin with a dot.</summary>
    internal static bool IsCandidate(ReadOnlySpan<char> name)
    {
        if (name is ['.', ..])
            return false;
        var ending = Path.GetExtension(name);
        foreach (var known in Endings)
        {
            if (ending.Equals(known, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}

/// <summary>A subfolder or possible certificate that a search found in a folder.</summary>
/// <param name="Name">The file name.</param>
/// <param name="IsFolder">Whether it is a folder, or a link to one.</param>
/// <param name="IsLink">Whether it is a link.</param>
internal sealed record FolderEntry(string Name, bool IsFolder, bool IsLink)
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false };

    /// <summary>Lists the subfolders and the possible certificates of a folder. Links on the way to it are followed only as far as a run follows them.</summary>
    /// <exception cref="RenewalException">The folder cannot be read.</exception>
    public static List<FolderEntry> Read(string folder)
    {
        try
        {
            using var opened = OpenFolder.Follow(folder);
            var entries = new FileSystemEnumerable<FolderEntry>(opened.ListedPath, (ref FileSystemEntry entry) => Create(ref entry), All)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory || CertificateFolder.IsCandidate(entry.FileName),
            };
            return [.. entries];
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            throw new RenewalException(ErrorId.FileNotFound, $"There is no folder '{folder}'.", "Check the path.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(folder, e);
        }
    }

    /// <summary>The error of a folder that cannot be listed.</summary>
    internal static RenewalException Unreadable(string folder, Exception e) => e is UnauthorizedAccessException
        ? new(ErrorId.AccessDenied, $"The folder '{folder}' cannot be read: this account does not have permission.", "Run as a user who can read the folder, or give this user read permission.", e)
        : new(ErrorId.FolderUnreadable, $"The folder '{folder}' cannot be read: {e.Message}", "Check the folder and its volume.", e);

    // Not every reparse point on Windows is a link: a file that is kept in the cloud is one too.
    private static FolderEntry Create(ref FileSystemEntry entry)
    {
        var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.ToFileSystemInfo().LinkTarget is not null;
        return new FolderEntry(entry.FileName.ToString(), entry.IsDirectory, isLink);
    }
}
