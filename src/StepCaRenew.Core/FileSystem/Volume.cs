namespace StepCaRenew.FileSystem;

/// <summary>
/// The file-system calls of a replacement, one by one: a test ends the process after each of them, and another one loses
/// everything that was not flushed.
/// </summary>
internal interface IVolume
{
    /// <summary>The content of a regular file; null if there is none, or if the path is a link or something else.</summary>
    byte[]? Read(string path);

    /// <summary>Whether the path exists; a link counts, wherever it leads.</summary>
    bool Exists(string path);

    /// <summary>Requires that a file can be replaced now, as far as that can be checked in advance.</summary>
    /// <exception cref="IOException">Another process has the file open and does not let it be replaced.</exception>
    /// <exception cref="UnauthorizedAccessException">This account does not have the right to replace it.</exception>
    void RequireReplaceable(string target);

    /// <summary>Creates an empty file with the owner and permissions of another one, which it will replace; the name must be free.</summary>
    /// <exception cref="RenewalException">The other one cannot be replaced, or its owner or permissions cannot be copied.</exception>
    IStagedFile CreateLike(string path, string model);

    /// <summary>Creates an empty file that only the accounts that can write in its folder can read and write; the name must be free.</summary>
    IStagedFile CreateOwn(string path);

    /// <summary>Creates a new, empty file that replaces none, with exactly this mode; on Windows private, or with the permissions that its folder gives.</summary>
    /// <exception cref="IOException">The name is not free.</exception>
    IStagedFile Create(string path, UnixFileMode mode);

    /// <summary>Whether two files have the same owner, mode and ACL, and the first has no second name.</summary>
    bool HasRightsOf(string path, string model);

    /// <summary>Exchanges two files in one step; false if the file system cannot.</summary>
    bool TryExchange(string one, string other);

    /// <summary>Gives a file a second name; false if the file system cannot.</summary>
    bool TryLink(string existing, string name);

    /// <summary>Renames a file over another one, or to a free name.</summary>
    void Rename(string source, string target);

    /// <summary>Deletes a file, or a link itself.</summary>
    void Delete(string path);

    /// <summary>Flushes the names of a folder to disk.</summary>
    void FlushFolder(string folder);
}

/// <summary>The real file system. Every file is reached through its folder, which is opened once.</summary>
/// <param name="folders">The open folders; the caller closes them.</param>
internal sealed class Volume(OpenFolders folders) : IVolume
{
    /// <inheritdoc/>
    public byte[]? Read(string path)
    {
        try
        {
            return folders.OpenParent(path).Read(Path.GetFileName(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool Exists(string path)
    {
        try
        {
            return folders.OpenParent(path).Exists(Path.GetFileName(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public IStagedFile CreateLike(string path, string model) => folders.OpenParent(path).CreateLike(Path.GetFileName(path), NameInSameFolder(path, model));

    /// <inheritdoc/>
    public IStagedFile CreateOwn(string path) => folders.OpenParent(path).CreateOwn(Path.GetFileName(path));

    /// <inheritdoc/>
    public IStagedFile Create(string path, UnixFileMode mode) => folders.OpenParent(path).Create(Path.GetFileName(path), mode);

    /// <inheritdoc/>
    public bool HasRightsOf(string path, string model) => folders.OpenParent(path).HasRightsOf(Path.GetFileName(path), NameInSameFolder(path, model));

    /// <inheritdoc/>
    public bool TryExchange(string one, string other) => folders.OpenParent(one).TryExchange(Path.GetFileName(one), NameInSameFolder(one, other));

    /// <inheritdoc/>
    public bool TryLink(string existing, string name) => folders.OpenParent(existing).TryLink(Path.GetFileName(existing), NameInSameFolder(existing, name));

    /// <inheritdoc/>
    public void Rename(string source, string target) => folders.OpenParent(source).Rename(Path.GetFileName(source), NameInSameFolder(source, target));

    /// <inheritdoc/>
    public void Delete(string path) => folders.OpenParent(path).Delete(Path.GetFileName(path));

    /// <inheritdoc/>
    public void RequireReplaceable(string target) => folders.OpenParent(target).RequireReplaceable(Path.GetFileName(target));

    /// <inheritdoc/>
    public void FlushFolder(string folder) => folders.Open(folder).Flush();

    // A replacement works within one folder.
    private static string NameInSameFolder(string path, string other) =>
        Path.GetDirectoryName(path) == Path.GetDirectoryName(other) ? Path.GetFileName(other) : throw new ArgumentException($"'{other}' is not in the folder of '{path}'.", nameof(other));
}
