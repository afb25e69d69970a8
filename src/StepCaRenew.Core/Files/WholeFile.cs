namespace StepCaRenew.Files;

/// <summary>
/// Writes small files of our own as a whole: a reader finds the old one or the new one. Pairs are another matter
/// (<c>Pairs</c>): their old file is needed until the new one is proven.
/// </summary>
internal static class WholeFile
{
    private const UnixFileMode Public = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Puts a file in its place, if it does not hold just that already.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="isPrivate">For its owner's eyes only (mode 0600; on Windows also for SYSTEM, the administrators and the accounts that the folder names).</param>
    /// <returns>False where nothing had to be changed.</returns>
    /// <exception cref="RenewalException">It can't be written; what was there still is.</exception>
    public static bool Write(string path, ReadOnlySpan<byte> content, bool isPrivate)
    {
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}");
        try
        {
            if (Holds(full, content) && !(isPrivate && OperatingSystem.IsWindows() && WindowsNewFile.IsTooOpen(full)))
                return false;
            Fill(temporary, content, isPrivate);
            Retry().Run(() => Volume.Replace(temporary, full));
            if (!OperatingSystem.IsWindows())
                UnixNative.FlushFolder(Path.GetDirectoryName(full)!);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw Failed(full, "written", e);
        }
    }

    /// <summary>Deletes a file; that it has gone already is fine.</summary>
    /// <exception cref="RenewalException">It can't be deleted.</exception>
    public static void Delete(string path)
    {
        try
        {
            Retry().Run(() => new Volume().Delete(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, "deleted", e);
        }
    }

    private static bool Holds(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, LinkTarget: null } file && file.Length == content.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
        }
        catch (Exception e) when (Refusals.OfPlatform.MayPass(e))
        {
            // The write waits for whoever has it open.
            return false;
        }
    }

    // The mode holds whatever the umask; nobody sees a private file before it is one.
    private static void Fill(string path, ReadOnlySpan<byte> content, bool isPrivate)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Private;
        using var file = isPrivate && OperatingSystem.IsWindows() ? WindowsNewFile.Private(path) : new FileStream(path, options);
        if (!OperatingSystem.IsWindows() && !isPrivate)
            File.SetUnixFileMode(file.SafeFileHandle, Public);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    // On Windows a reader of the old file (a virus scanner, a backup) may hinder for a moment.
    private static SharingRetry Retry() => new(TimeProvider.System);

    private static RenewalException Failed(string path, string what, Exception e) => Refusals.OfPlatform.IsInUse(e, path) ? new(
        ErrorId.FileInUse, $"'{path}' can't be {what}: another process has it open.",
        "Find the process (Resource Monitor, or handle.exe of Sysinternals) and let it open the file with FileShare.Delete, or close it after reading.", e) : new(
        e is UnauthorizedAccessException ? ErrorId.FolderNotWritable : ErrorId.WriteFailed,
        $"'{path}' can't be {what}: {e.Message}", "Run as a user who may write there (an administrator, or root), and check the volume.", e);
}
