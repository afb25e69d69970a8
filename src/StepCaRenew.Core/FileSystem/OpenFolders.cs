namespace StepCaRenew.FileSystem;

/// <summary>The folders that a run works in. Each is opened once, and its files are opened relative to it.</summary>
internal sealed class OpenFolders : IDisposable
{
    private readonly Dictionary<string, OpenFolder> open = new(StringComparer.Ordinal);

    /// <summary>The folder of a file.</summary>
    /// <param name="path">The file's full path without links.</param>
    /// <exception cref="IOException">It does not exist, or was replaced with a link.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no access to it.</exception>
    public OpenFolder OpenParent(string path) => Open(Path.GetDirectoryName(path) ?? throw new FileNotFoundException(null, path));

    /// <summary>A folder by its own path.</summary>
    /// <inheritdoc cref="OpenParent"/>
    public OpenFolder Open(string folder)
    {
        if (!open.TryGetValue(folder, out var opened))
            open.Add(folder, opened = OpenFolder.Open(folder));
        return opened;
    }

    /// <summary>Opens a file to read it; a link is refused.</summary>
    /// <inheritdoc cref="OpenParent"/>
    public SmallFile OpenToRead(string path) => OpenParent(path).OpenToRead(Path.GetFileName(path));

    /// <summary>Follows links as <see cref="TargetPath"/> does; uses the folder if it is open here.</summary>
    /// <exception cref="RenewalException">The links go in a circle, or must not be followed.</exception>
    public string Follow(string path) =>
        OperatingSystem.IsLinux() && FolderAt(path) is LinuxFolder folder && folder.TryStat(Path.GetFileName(path)) is not { IsLink: true } ? path : TargetPath.Follow(path);

    /// <summary>Whether a file or a link exists; null if its folder is not open here.</summary>
    public bool? Exists(string path) => FolderAt(path)?.Exists(Path.GetFileName(path));

    /// <summary>Whether a path still leads to a file in the folder that is open here.</summary>
    /// <param name="named">The path as the user named it.</param>
    /// <param name="path">The file that it led to.</param>
    /// <exception cref="RenewalException">Its links lead nowhere, or must not be followed.</exception>
    public bool IsStillAt(string named, string path)
    {
        if (!OperatingSystem.IsLinux())
            return TargetPath.Follow(named) == path;
        try
        {
            var (folder, name) = FolderWalk.Follow(named);
            using (folder)
                return Path.Combine(folder.Path, name) == path && folder.IsSame((LinuxFolder)OpenParent(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Whether a path leads to a file, links followed: as <see cref="File.Exists"/>, but folder by folder.</summary>
    public static bool IsFile(string path)
    {
        if (!OperatingSystem.IsLinux())
            return File.Exists(path);
        try
        {
            var (folder, name) = FolderWalk.Follow(path);
            using (folder)
                return folder.Exists(name);
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private OpenFolder? FolderAt(string path) => Path.GetDirectoryName(path) is { } folder ? open.GetValueOrDefault(folder) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var folder in open.Values)
            folder.Dispose();
        open.Clear();
    }
}
