namespace StepCaRenew.FileSystem;

/// <summary>
/// Follows links as Windows does: from the root of a path to its end; <c>..</c> in a target starts from the real folder of
/// the link.
/// </summary>
/// <remarks>
/// .NET's ResolveLinkTarget fails if the file is missing, does not follow linked folders, and resolves a link to a share
/// relative to the present folder. Targets come from a function, so that the rules are tested on every platform. Not tested
/// on real Windows; Wine 8 does not have links.
/// </remarks>
/// <param name="targetOf">The target of a link as it is stored in the link; null if the path is not a link or does not exist.</param>
internal sealed class WindowsLinks(Func<string, string?> targetOf)
{
    // The limit of Windows.
    private const int MostLinks = 63;

    /// <summary>The links of the file system.</summary>
    public static WindowsLinks OnDisk { get; } = new(TargetOnDisk);

    /// <summary>The path at the end of all links, whether a file exists there or not.</summary>
    /// <param name="path">A full path; it is returned unchanged if it has no link.</param>
    /// <exception cref="IOException">The links go in a circle.</exception>
    public string Follow(string path)
    {
        for (var links = 0; links <= MostLinks; links++)
        {
            if (FollowFirst(path) is not { } next)
                return path;
            path = next;
        }

        throw new IOException($"'{path}' goes through more than {MostLinks} links.");
    }

    // The path with its first link replaced by its target; null if there is no link.
    private string? FollowFirst(string path)
    {
        var folder = Path.GetPathRoot(path) ?? string.Empty;
        var names = path[folder.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < names.Length; i++)
        {
            var here = Path.Combine(folder, names[i]);
            if (targetOf(here) is { } target)
                return Path.Combine([Path.GetFullPath(target, folder), .. names[(i + 1)..]]);
            folder = here;
        }

        return null;
    }

    private static string? TargetOnDisk(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if ((int)file.Attributes == -1 || (file.Attributes & FileAttributes.ReparsePoint) == 0)
                return null;
            // A mounted volume is not followed: a reader would not recognise its own path.
            return file.LinkTarget is { } target && !IsVolume(target) ? target : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Opening the file gives the better error.
            return null;
        }
    }

    private static bool IsVolume(string target) =>
        target.StartsWith(@"\\?\Volume{", StringComparison.OrdinalIgnoreCase) || target.StartsWith("Volume{", StringComparison.OrdinalIgnoreCase);
}
