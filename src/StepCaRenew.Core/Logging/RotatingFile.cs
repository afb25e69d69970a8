using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Logging;

/// <summary>
/// A log file for several processes at once: each line is one write to the end of the file, wherever that is by then.
/// The file is opened anew for each line, so that one that was rotated away is not written to for long.
/// </summary>
/// <param name="path">Its full path.</param>
/// <param name="limit">How large it may be before it is rotated, in bytes.</param>
/// <param name="keep">How many older ones stay, as path.1, path.2 and so on.</param>
internal sealed class RotatingFile(string path, long limit = RotatingFile.DefaultLimit, int keep = RotatingFile.DefaultKeep)
{
    /// <summary>1 MB.</summary>
    public const long DefaultLimit = 1024 * 1024;

    /// <summary>Three older files.</summary>
    public const int DefaultKeep = 3;

    /// <summary>Adds a line.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Append(ReadOnlySpan<byte> line)
    {
        using (var file = AppendFile.Open(path))
        {
            if (AppendFile.Length(file) < limit || !TryRotate(file))
            {
                AppendFile.Write(file, line, path);
                return;
            }
        }

        using var next = AppendFile.Open(path);
        AppendFile.Write(next, line, path);
    }

    // Whoever has the lock of the very file that lies under the name may rename it; the others write on. So does who may
    // write the file and not its folder (a log of a service in /var/log): a log that grows is better than none.
    private bool TryRotate(SafeFileHandle file)
    {
        using var guard = RotationLock.TryAcquire(file, path);
        if (guard is null)
            return false;
        try
        {
            Rotate();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Rotate()
    {
        using var folder = OpenFolder.Follow(Path.GetDirectoryName(path)!);
        var name = Path.GetFileName(path);
        for (var number = keep - 1; number > 0; number--)
        {
            if (folder.Exists($"{name}.{number}"))
                folder.Rename($"{name}.{number}", $"{name}.{number + 1}");
        }

        folder.Rename(name, $"{name}.1");
    }
}
