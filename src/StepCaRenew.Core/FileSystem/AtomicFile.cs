namespace StepCaRenew.FileSystem;

/// <summary>
/// Writes small files of this module atomically: a reader finds the old one or the new one. Not for pairs (<c>Pairs</c>),
/// whose old files are needed until the new ones are checked.
/// </summary>
internal static class AtomicFile
{
    private const UnixFileMode Public = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a file; null if there is none, or if it is a link or something else.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximum">The most bytes that are read; a larger file counts as none.</param>
    /// <exception cref="RenewalException">The links of its folder must not be followed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account cannot read it.</exception>
    public static byte[]? Read(string path, int maximum = InputFile.MaximumLength)
    {
        try
        {
            using var folder = FolderOf(path);
            return folder.Read(Path.GetFileName(path), maximum);
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether <see cref="Write"/> would change nothing; false as well if the file cannot be read.</summary>
    public static bool IsSame(string path, ReadOnlySpan<byte> content, bool isPrivate)
    {
        try
        {
            using var folder = FolderOf(path);
            return IsSame(folder, path, content, isPrivate);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Writes a file, unless it has this content already.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">The new content.</param>
    /// <param name="isPrivate">Readable by its owner alone (mode 0600; on Windows also by SYSTEM, the administrators and the accounts that the folder names).</param>
    /// <returns>False if nothing had to be changed.</returns>
    /// <exception cref="RenewalException">It cannot be written; the old file is unchanged.</exception>
    public static bool Write(string path, ReadOnlySpan<byte> content, bool isPrivate)
    {
        try
        {
            using var folder = FolderOf(path);
            var name = Path.GetFileName(path);
            if (IsSame(folder, path, content, isPrivate))
                return false;
            Replace(folder, name, $".{name}.{Guid.NewGuid():N}", content, isPrivate);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(Path.GetFullPath(path), "written", e);
        }
    }

    /// <summary>Writes a file, also if it has this content already, since its owner or mode could be wrong.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">The new content.</param>
    /// <param name="isPrivate">As for <see cref="Write"/>.</param>
    /// <param name="staged">The name of the staged file; only one process may write the file at a time. A file that a crash left there is replaced.</param>
    /// <exception cref="RenewalException">The links of its folder must not be followed.</exception>
    /// <exception cref="IOException">It cannot be written; the old file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">This account cannot write it.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, bool isPrivate, string staged)
    {
        using var folder = FolderOf(path);
        Replace(folder, Path.GetFileName(path), content, isPrivate, staged);
    }

    /// <summary>Deletes a file; does nothing if there is none.</summary>
    /// <exception cref="RenewalException">It cannot be deleted.</exception>
    public static void Delete(string path)
    {
        try
        {
            using var folder = FolderOf(path);
            Retry().Run(() => folder.Delete(Path.GetFileName(path)));
        }
        catch (DirectoryNotFoundException)
        {
            // Then the file does not exist either.
        }
        catch (FileNotFoundException)
        {
            // The folder is gone.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, "deleted", e);
        }
    }

    /// <summary>The same in a folder that is open.</summary>
    /// <inheritdoc cref="Replace(string, ReadOnlySpan{byte}, bool, string)"/>
    public static void Replace(OpenFolder folder, string name, ReadOnlySpan<byte> content, bool isPrivate, string staged)
    {
        folder.Delete(staged);
        Replace(folder, name, staged, content, isPrivate);
    }

    // The staged file has its final mode before anything is written.
    private static void Replace(OpenFolder folder, string name, string staged, ReadOnlySpan<byte> content, bool isPrivate)
    {
        try
        {
            using (var file = folder.Create(staged, isPrivate ? Private : Public))
            {
                file.Write(content);
                file.Flush();
            }

            Retry().Run(() => folder.Rename(staged, name));
            folder.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(folder, staged);
            throw;
        }
    }

    private static void TryDelete(OpenFolder folder, string name)
    {
        try
        {
            folder.Delete(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // For instance on a read-only volume, on which the file was never created.
        }
    }

    private static OpenFolder FolderOf(string path) => OpenFolder.Follow(Path.GetDirectoryName(Path.GetFullPath(path))!);

    private static bool IsSame(OpenFolder folder, string path, ReadOnlySpan<byte> content, bool isPrivate) =>
        Holds(folder, Path.GetFileName(path), content) && !(isPrivate && OperatingSystem.IsWindows() && WindowsNewFile.IsTooOpen(Path.GetFullPath(path)));

    private static bool Holds(OpenFolder folder, string name, ReadOnlySpan<byte> content)
    {
        try
        {
            return folder.Read(name) is { } present && present.AsSpan().SequenceEqual(content);
        }
        catch (Exception e) when (Refusals.ForThisPlatform.IsWorthRetrying(e))
        {
            // Another process has it open; the write waits for it.
            return false;
        }
    }

    // On Windows a reader of the old file (a virus scanner, a backup) can prevent a rename for a moment.
    private static SharingRetry Retry() => new(TimeProvider.System);

    private static RenewalException Failed(string path, string what, Exception e) => Refusals.ForThisPlatform.IsInUse(e, path) ? new(
        ErrorId.FileInUse, $"'{path}' was not {what}: another process has it open.",
        Refusals.InUseRemedy, e) : new(
        e is UnauthorizedAccessException ? ErrorId.FolderNotWritable : ErrorId.WriteFailed,
        $"'{path}' was not {what}: {e.Message}", "Run as an account that can write there (an administrator, or root), and check the volume.", e);
}
