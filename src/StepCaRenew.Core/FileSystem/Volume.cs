namespace StepCaRenew.FileSystem;

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
