using StepCaRenew.FileSystem;

namespace StepCaRenew.Permissions;

/// <summary>Everything that decides which file a path leads to: every folder from the root down, every link, and the end.</summary>
/// <remarks>
/// From the root down, so that a checked part cannot be replaced while the rest is checked. Links and <c>..</c> are resolved
/// as the kernel does.
/// </remarks>
internal sealed class PathWalk(Func<string, PathEntry> look)
{
    private const int MostLinks = 40;

    /// <summary>The paths to check; a folder can appear more than once.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="RenewalException">The links form a circle.</exception>
    public IEnumerable<(string Path, PathRole Role)> Steps(string path)
    {
        var current = Path.GetPathRoot(path)!;
        var left = new Stack<string>();
        Push(left, path);
        for (var links = 0; left.TryPop(out var name);)
        {
            var next = name == ".." ? Path.GetDirectoryName(current) ?? current : Path.Combine(current, name);
            var entry = look(next);
            // An account that can write in this folder can create the missing file.
            if (entry.Kind == PathKind.Missing)
                break;
            yield return (current, PathRole.Ancestor);
            if (entry.Kind == PathKind.Other)
            {
                yield return (next, PathRole.End);
                yield break;
            }

            if (entry.LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            yield return (next, PathRole.Link);
            if (++links > MostLinks)
                throw TargetPath.Broken(path, null);
            // A target such as \certs is on the drive of its link, not on the present one.
            current = Path.IsPathRooted(target) ? Path.GetPathRoot(Path.GetFullPath(target, current))! : current;
            Push(left, target);
        }

        yield return (current, PathRole.End);
    }

    private static void Push(Stack<string> left, string path)
    {
        var names = path[(Path.GetPathRoot(path) ?? string.Empty).Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar]);
        foreach (var name in names.Where(name => name is not ("" or ".")).Reverse())
            left.Push(name);
    }
}

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
        "Allow the account of this process to list the folder, and remove files and links that do not belong there.");
}
