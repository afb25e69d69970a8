namespace StepCaRenew.Files;

/// <summary>
/// Replaces one file as a whole: a new file beside it with the old one's rights, flushed, then renamed over it.
/// Whatever happens, a reader sees the old content or the new one.
/// </summary>
/// <remarks>
/// It is staged before the CA is asked, so that a folder that may not be written, or an owner that can't be kept,
/// costs no certificate. The exchange that notices a foreign write in the last moment, and the recovery of what a
/// crash leaves, take their place in <see cref="Commit"/> and before <see cref="Stage"/>.
/// </remarks>
internal sealed class FileReplacement : IDisposable
{
    private readonly string target;
    private readonly FileStream staged;
    private bool done;

    private FileReplacement(string target, FileStream staged)
    {
        this.target = target;
        this.staged = staged;
    }

    /// <summary>Makes an empty file beside the one that is to be replaced, with its rights.</summary>
    /// <exception cref="RenewalException">It can't be made, or not with the same rights; nothing is left behind.</exception>
    public static FileReplacement Stage(string path)
    {
        var target = TargetPath.Resolve(path);
        var name = $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.stepcarenew";
        FileReplacement? replacement = null;
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            replacement = new FileReplacement(target, new FileStream(Path.Combine(Path.GetDirectoryName(target)!, name), options));
            FileMetadata.Copy(target, replacement.staged);
            return replacement;
        }
        catch (Exception e)
        {
            replacement?.Dispose();
            if (e is RenewalException)
                throw;
            throw WriteErrors.Map(e, target);
        }
    }

    /// <summary>Writes the content, flushes it, and puts it in the place of the old file.</summary>
    /// <exception cref="RenewalException">It can't be written or renamed; the old file stands as it was.</exception>
    public void Commit(ReadOnlySpan<byte> content)
    {
        try
        {
            staged.Write(content);
            staged.Flush(flushToDisk: true);
            staged.Dispose();
            if (OperatingSystem.IsWindows())
            {
                File.Replace(staged.Name, target, destinationBackupFileName: null);
            }
            else
            {
                File.Move(staged.Name, target, overwrite: true);
                done = true;
                UnixNative.FlushFolder(Path.GetDirectoryName(target)!);
            }

            done = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WriteErrors.Map(e, target);
        }
    }

    /// <summary>Takes an unused new file away.</summary>
    public void Dispose()
    {
        staged.Dispose();
        if (done)
            return;
        try
        {
            File.Delete(staged.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder has gone or was closed to us; the error that led here says more than this one would.
        }
    }
}
