using StepCaRenew.FileSystem;

namespace StepCaRenew.Permissions;

/// <summary>All files and folders below a folder, also behind links in it.</summary>
internal sealed class FolderContents(Func<string, PathEntry> look, PathWalk walk)
{
    // pwsh has some hundred files. A module that links to the root folder must not take forever.
    private const int MostEntries = 20_000;
    private readonly HashSet<string> folders = [];
    private int entries;

    /// <summary>The paths to check for all entries; none if there is no folder.</summary>
    /// <param name="folder">The folder, at the end of all links.</param>
    /// <exception cref="RenewalException">Links form a circle, or a folder cannot be listed.</exception>
    public IEnumerable<(string Path, PathRole Role)> Steps(string folder)
    {
        if (look(folder).Kind != PathKind.Folder || !folders.Add(folder))
            return [];
        return Entries(folder).SelectMany(path =>
        {
            if (++entries > MostEntries)
                throw NotListed(folder, $"there are more than {MostEntries} files");
            return look(path).Kind == PathKind.Link
                ? walk.Steps(path).Concat(Steps(TargetPath.Follow(path)))
                : Steps(path).Prepend((path, PathRole.End));
        });
    }

    private static string[] Entries(string folder)
    {
        try
        {
            return Directory.GetFileSystemEntries(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotListed(folder, e.Message);
        }
    }

    private static RenewalException NotListed(string folder, string reason) => new(
        ErrorId.InsecureDefinition, $"Cannot check which accounts can change the files in '{folder}': {reason}",
        "Give the account that runs this permission to list the folder, and remove files and links that do not belong there.");
}
