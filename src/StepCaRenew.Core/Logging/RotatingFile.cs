using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;

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

/// <summary>Opens a file so that the system puts every write at its end. .NET's append mode would remember a position instead.</summary>
internal static class AppendFile
{
    private const uint OwnerOnly = 0x180;
    private const int MaximumTries = 10;

    /// <summary>Opens a file, or creates it for its owner alone; a link is refused.</summary>
    public static SafeFileHandle Open(string path) => OperatingSystem.IsWindows() ? OpenOnWindows(path) : OpenOnUnix(path);

    /// <summary>The size of the file in bytes.</summary>
    public static long Length(SafeFileHandle file) => RandomAccess.GetLength(file);

    /// <summary>Writes all bytes in one call.</summary>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, string path)
    {
        if (OperatingSystem.IsWindows())
            RandomAccess.Write(file, bytes, 0); // The position is ignored for a handle that can only append.
        else if (UnixNative.Write(file, bytes, bytes.Length) != bytes.Length)
            throw new IOException($"Only a part of a line was written to '{path}': {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [UnsupportedOSPlatform("windows")]
    private static SafeFileHandle OpenOnUnix(string path)
    {
        // Without O_NONBLOCK, opening a pipe would wait for a reader.
        var flags = UnixOpen.WriteOnly | UnixOpen.Append | UnixOpen.Create | UnixOpen.NoFollow | UnixOpen.NonBlocking | UnixOpen.CloseOnExec;
        using var folder = OpenFolder.Follow(Path.GetDirectoryName(path)!);
        var file = OperatingSystem.IsLinux() ? ((LinuxFolder)folder).Open(Path.GetFileName(path), flags, OwnerOnly) : UnixNative.Open(path, flags, OwnerOnly);
        if (file.IsInvalid)
            throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), path);
        if (SmallFile.IsRegularFile(file))
            return file;
        file.Dispose();
        throw new IOException($"'{path}' is not a regular file.");
    }

    // With the right to append alone, the system puts every write at the end.
    [SupportedOSPlatform("windows")]
    private static SafeFileHandle OpenOnWindows(string path)
    {
        for (var tries = MaximumTries; ; tries--)
        {
            try
            {
                return File.Exists(path) ? Open(WindowsNative.OpenExisting, 0) : WindowsNewFile.WithPrivateRights(path, security => Open(WindowsNative.OpenAlways, security));
            }
            catch (FileNotFoundException) when (tries > 0)
            {
                // Another process rotated the log between the two calls.
            }
        }

        SafeFileHandle Open(uint disposition, nint security) =>
            WindowsOwnFile.Open(path, WindowsNative.AppendData, FileShare.ReadWrite | FileShare.Delete, disposition, security);
    }
}

/// <summary>The lock for rotating a log. It is never waited for, and is released when the process ends.</summary>
internal sealed class RotationLock : IDisposable
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;

    private readonly Mutex? mutex;

    private RotationLock(Mutex? mutex) => this.mutex = mutex;

    /// <summary>Locks; null if another process rotates the log, or has rotated it since the file was opened.</summary>
    /// <param name="file">The open log; on Unix closing it releases the lock.</param>
    /// <param name="path">The log's path.</param>
    public static RotationLock? TryAcquire(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows())
            return TryTakeMutex(file, path);
        if (UnixNative.Lock(file, Exclusive | NonBlocking) != 0)
            return null;
        return OperatingSystem.IsLinux() && !LinuxStat.IsSame(file, path) ? null : new RotationLock(null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        mutex?.ReleaseMutex();
        mutex?.Dispose();
    }

    [SupportedOSPlatform("windows")]
    private static RotationLock? TryTakeMutex(SafeFileHandle file, string path)
    {
        if (TryOpenMutex($"Global\\StepCaRenew-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(path.ToUpperInvariant())))}") is not { } mutex)
            return null;
        if (!TryWait(mutex))
        {
            mutex.Dispose();
            return null;
        }

        var acquired = new RotationLock(mutex);
        // Another process may have rotated between the opening of the file and this lock.
        if (WindowsOwnFile.IsSame(file, path))
            return acquired;
        acquired.Dispose();
        return null;
    }

    // Null for the mutex of another account, or another object with this name; this run then does not rotate.
    internal static Mutex? TryOpenMutex(string name)
    {
        try
        {
            return new Mutex(initiallyOwned: false, name);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException or WaitHandleCannotBeOpenedException)
        {
            return null;
        }
    }

    private static bool TryWait(Mutex mutex)
    {
        try
        {
            return mutex.WaitOne(0);
        }
        catch (AbandonedMutexException)
        {
            // Its holder ended while it rotated; at worst one number is missing.
            return true;
        }
    }
}
