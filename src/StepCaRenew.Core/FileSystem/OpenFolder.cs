using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>
/// A folder that a run works in. It is opened once, and its files are opened by name relative to it (on Linux by the
/// descriptor), so that replacing the folder with a link does not lead the run elsewhere. Links are not followed.
/// </summary>
internal abstract class OpenFolder(string path) : IDisposable
{
    /// <summary>The folder's path without links, for messages and for systems without calls relative to a folder.</summary>
    public string Path { get; } = path;

    /// <summary>Opens a folder.</summary>
    /// <param name="path">A full path without links.</param>
    /// <exception cref="IOException">It does not exist, or was replaced with a link.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no access to it.</exception>
    public static OpenFolder Open(string path) => OperatingSystem.IsLinux() ? FolderWalk.OpenFolder(path) : new PathFolder(path);

    /// <summary>Opens a folder that is named by a user or by the system, links followed.</summary>
    /// <exception cref="RenewalException">The links go in a circle, or must not be followed (<see cref="ErrorId.LinkNotTrusted"/>).</exception>
    /// <exception cref="IOException">It does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no access to it.</exception>
    public static OpenFolder Follow(string path) => OperatingSystem.IsLinux() ? FolderWalk.FollowFolder(path) : new PathFolder(path);

    /// <summary>Whether new files can be created in it.</summary>
    public abstract bool IsWritable { get; }

    /// <summary>Opens a file to read it.</summary>
    /// <exception cref="IOException">It does not exist, or is a link.</exception>
    public abstract SmallFile OpenToRead(string name);

    /// <summary>Reads a whole file; null if it does not exist, is not a regular file, or is larger than any file that this module reads.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account cannot read it.</exception>
    /// <param name="name">The file.</param>
    /// <param name="maximum">The most bytes that are read.</param>
    public byte[]? Read(string name, int maximum = InputFile.MaximumLength)
    {
        try
        {
            using var file = OpenToRead(name);
            if (!file.IsRegular)
                return null;
            var buffer = new byte[Math.Min(file.Length, maximum) + 1];
            var length = file.Read(buffer);
            return length == buffer.Length ? null : buffer[..length];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && e.HResult == UnixNative.TooManyLinks))
        {
            return null;
        }
    }

    /// <summary>Whether the name exists; a link counts, wherever it leads.</summary>
    public abstract bool Exists(string name);

    /// <summary>A path to list it by, which stays that of this folder while it is open.</summary>
    public virtual string ListedPath => Path;

    /// <summary>The names of the files and links in it, in their order.</summary>
    /// <exception cref="IOException">It cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">This account cannot list it.</exception>
    public IReadOnlyList<string> ListFiles() =>
        [.. Directory.EnumerateFiles(ListedPath, "*", new EnumerationOptions { AttributesToSkip = 0 }).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>Requires that a file can be replaced now, as far as that can be checked in advance.</summary>
    /// <exception cref="IOException">Another process has the file open and does not let it be replaced.</exception>
    /// <exception cref="UnauthorizedAccessException">This account does not have the right to replace it.</exception>
    public virtual void RequireReplaceable(string name)
    {
        // On Unix a rename needs only the right to write in the folder, which creating the staged file has proved.
    }

    /// <summary>Creates an empty file with the owner and permissions of another one, which it will replace; the name must be free.</summary>
    /// <exception cref="RenewalException">The other one cannot be replaced, or its owner or permissions cannot be copied.</exception>
    public abstract StagedFile CreateLike(string name, string model);

    /// <summary>Creates an empty file that only the accounts that can write in the folder can read and write; the name must be free.</summary>
    public abstract StagedFile CreateOwn(string name);

    /// <summary>Creates an empty file with exactly this mode, ignoring the umask; on Windows with the permissions that the folder passes on, if the mode lets others read it, else private. The name must be free.</summary>
    public abstract StagedFile Create(string name, UnixFileMode mode);

    /// <summary>Whether two files have the same owner, mode and ACL, and the first has no second name.</summary>
    public abstract bool HasRightsOf(string name, string model);

    /// <summary>Exchanges two files in one step; false if the file system cannot.</summary>
    public abstract bool TryExchange(string one, string other);

    /// <summary>Gives a file a second name; false if the file system cannot.</summary>
    public abstract bool TryLink(string existing, string name);

    /// <summary>Renames a file, over another one or to a free name.</summary>
    public abstract void Rename(string source, string target);

    /// <summary>Deletes a file, or a link itself; does nothing if the name does not exist.</summary>
    public abstract void Delete(string name);

    /// <summary>Flushes the names to disk.</summary>
    /// <exception cref="IOException">They cannot be flushed.</exception>
    public abstract void Flush();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The full path of a name.</summary>
    protected string PathOf(string name) => System.IO.Path.Combine(Path, name);
}

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

    /// <summary>Follows links as <see cref="TargetPath"/> does. A folder without links stays open here, so that nothing is resolved twice.</summary>
    /// <exception cref="RenewalException">The links go in a circle, or must not be followed.</exception>
    public string Follow(string path)
    {
        if (!OperatingSystem.IsLinux())
            return TargetPath.Follow(path);
        var full = Path.GetFullPath(path);
        if (FolderAt(full) is LinuxFolder folder)
            return folder.TryStat(Path.GetFileName(full)) is not { IsLink: true } ? full : TargetPath.Follow(full);
        if (FolderWalk.TryOpenWithoutLinks(full) is not { } found)
            return TargetPath.Follow(full);
        open.Add(found.Folder.Path, found.Folder);
        return full;
    }

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

    /// <summary>Whether a path exists, or goes through a link of another account that must not be followed: then that is not looked up.</summary>
    public static bool MayExist(string path)
    {
        if (!OperatingSystem.IsLinux())
            return Path.Exists(path);
        try
        {
            var (folder, name) = FolderWalk.Follow(path);
            using (folder)
                return folder.TryStat(name) is not null;
        }
        catch (RenewalException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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
