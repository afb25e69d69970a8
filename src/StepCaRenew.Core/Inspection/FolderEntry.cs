using System.IO.Enumeration;

namespace StepCaRenew.Inspection;

/// <summary>A subfolder or possible certificate that a search found in a folder.</summary>
/// <param name="Name">The file name.</param>
/// <param name="IsFolder">Whether it is a folder, or a link to one.</param>
/// <param name="IsLink">Whether it is a link.</param>
internal sealed record FolderEntry(string Name, bool IsFolder, bool IsLink)
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false };

    /// <summary>Lists the subfolders and the possible certificates of a folder.</summary>
    /// <exception cref="RenewalException">The folder cannot be read.</exception>
    public static List<FolderEntry> Read(string folder)
    {
        try
        {
            var entries = new FileSystemEnumerable<FolderEntry>(folder, (ref FileSystemEntry entry) => Create(ref entry), All)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory || CertificateFolder.IsCandidate(entry.FileName),
            };
            return [.. entries];
        }
        catch (DirectoryNotFoundException e)
        {
            throw new RenewalException(ErrorId.FileNotFound, $"There is no folder '{folder}'.", "Check the path.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new RenewalException(
                ErrorId.AccessDenied, $"The folder '{folder}' cannot be read: this account does not have permission.",
                "Run as a user who can read the folder, or give this user read permission.", e);
        }
        catch (IOException e)
        {
            throw new RenewalException(ErrorId.FolderUnreadable, $"The folder '{folder}' cannot be read: {e.Message}", "Check the folder and its volume.", e);
        }
    }

    // Not every reparse point on Windows is a link: a file that is kept in the cloud is one too.
    private static FolderEntry Create(ref FileSystemEntry entry)
    {
        var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.ToFileSystemInfo().LinkTarget is not null;
        return new FolderEntry(entry.FileName.ToString(), entry.IsDirectory, isLink);
    }
}
