using StepCaRenew.FileSystem;

namespace StepCaRenew.Permissions;

/// <summary>All that lies in a folder and in the folders below it, those that links in it lead to as well.</summary>
internal sealed class FolderContents(Func<string, PathEntry> look, PathWalk walk)
{
    // A pwsh has some hundred files. Who links a module to the root folder should not wait for an answer.
    private const int MostEntries = 20_000;
    private readonly HashSet<string> folders = [];
    private int entries;

    /// <summary>The steps of all entries; none where there is no folder.</summary>
    /// <param name="folder">The folder, at the end of all links.</param>
    /// <exception cref="RenewalException">Links go in a circle, or what is there can't be listed.</exception>
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
        ErrorId.InsecureDefinition, $"Whether others may change what lies in '{folder}' can't be told: {reason}",
        "Let the account that runs this list the folder, and keep nothing in it that does not belong there.");
}
