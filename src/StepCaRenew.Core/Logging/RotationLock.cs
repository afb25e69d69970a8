using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Logging;

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
