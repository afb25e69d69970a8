using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Logging;

/// <summary>
/// A log file for several processes at once: each line is one write to the present end of the file. It is opened again for
/// each line, so that at most one line is written to a file that was just rotated.
/// </summary>
/// <param name="path">Its full path.</param>
/// <param name="limit">The size in bytes from which it is rotated.</param>
/// <param name="keep">The number of older files that are kept, as path.1, path.2 and so on.</param>
internal sealed class RotatingFile(string path, long limit = RotatingFile.DefaultLimit, int keep = RotatingFile.DefaultKeep)
{
    /// <summary>1 MB.</summary>
    public const long DefaultLimit = 1024 * 1024;

    /// <summary>Three older files.</summary>
    public const int DefaultKeep = 3;

    /// <summary>Adds a line.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no access to it.</exception>
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

    // Only the process that holds the lock of the present file renames it; others continue to write. An account that can
    // write the file but not its folder (/var/log) continues as well: a log that grows is better than none.
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
