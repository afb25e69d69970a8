namespace StepCaRenew.FileSystem;

/// <summary>
/// Writes small files of our own as a whole: a reader finds the old one or the new one. Pairs are another matter
/// (<c>Pairs</c>): their old file is needed until the new one is proven.
/// </summary>
internal static class WholeFile
{
    private const UnixFileMode Public = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads a file; null if there is none, or a link or something else in its place.</summary>
    /// <exception cref="RenewalException">The links of its folder must not be followed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account cannot read it.</exception>
    public static byte[]? Read(string path)
    {
        try
        {
            using var folder = FolderOf(path);
            return folder.Read(Path.GetFileName(path));
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

    /// <summary>Puts a file in its place, if it does not hold just that already.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="isPrivate">For its owner's eyes only (mode 0600; on Windows also for SYSTEM, the administrators and the accounts that the folder names).</param>
    /// <returns>False where nothing had to be changed.</returns>
    /// <exception cref="RenewalException">It can't be written; what was there still is.</exception>
    public static bool Write(string path, ReadOnlySpan<byte> content, bool isPrivate)
    {
        var name = Path.GetFileName(path);
        var temporary = $".{name}.{Guid.NewGuid():N}";
        OpenFolder? folder = null;
        try
        {
            folder = FolderOf(path);
            if (Holds(folder, name, content) && !(isPrivate && OperatingSystem.IsWindows() && WindowsNewFile.IsTooOpen(Path.GetFullPath(path))))
                return false;
            Fill(folder, temporary, content, isPrivate);
            Retry().Run(() => folder.Rename(temporary, name));
            folder.Flush();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(folder, temporary);
            throw Failed(Path.GetFullPath(path), "written", e);
        }
        finally
        {
            folder?.Dispose();
        }
    }

    /// <summary>Deletes a file; that it has gone already is fine.</summary>
    /// <exception cref="RenewalException">It can't be deleted.</exception>
    public static void Delete(string path)
    {
        try
        {
            using var folder = FolderOf(path);
            Retry().Run(() => folder.Delete(Path.GetFileName(path)));
        }
        catch (DirectoryNotFoundException)
        {
            // Then it is not there either.
        }
        catch (FileNotFoundException)
        {
            // The folder has gone.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, "deleted", e);
        }
    }

    private static void TryDelete(OpenFolder? folder, string name)
    {
        try
        {
            folder?.Delete(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Such as a read-only volume, where the file was never made.
        }
    }

    private static OpenFolder FolderOf(string path) => OpenFolder.Follow(Path.GetDirectoryName(Path.GetFullPath(path))!);

    private static bool Holds(OpenFolder folder, string name, ReadOnlySpan<byte> content)
    {
        try
        {
            return folder.Read(name) is { } present && present.AsSpan().SequenceEqual(content);
        }
        catch (Exception e) when (Refusals.ForThisPlatform.MayPass(e))
        {
            // The write waits for whoever has it open.
            return false;
        }
    }

    // The mode holds whatever the umask; nobody sees a private file before it is one.
    private static void Fill(OpenFolder folder, string name, ReadOnlySpan<byte> content, bool isPrivate)
    {
        using var file = folder.Create(name, isPrivate ? Private : Public);
        file.Write(content);
        file.Flush();
    }

    // On Windows a reader of the old file (a virus scanner, a backup) may hinder for a moment.
    private static SharingRetry Retry() => new(TimeProvider.System);

    private static RenewalException Failed(string path, string what, Exception e) => Refusals.ForThisPlatform.IsInUse(e, path) ? new(
        ErrorId.FileInUse, $"'{path}' can't be {what}: another process has it open.",
        "Find the process (Resource Monitor, or handle.exe of Sysinternals) and let it open the file with FileShare.Delete, or close it after reading.", e) : new(
        e is UnauthorizedAccessException ? ErrorId.FolderNotWritable : ErrorId.WriteFailed,
        $"'{path}' can't be {what}: {e.Message}", "Run as a user who may write there (an administrator, or root), and check the volume.", e);
}
