using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Logging;

/// <summary>The right to rotate a log. It is freed with the process, and asked for without waiting.</summary>
internal sealed class RotationLock : IDisposable
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;

    private readonly Mutex? mutex;

    private RotationLock(Mutex? mutex) => this.mutex = mutex;

    /// <summary>Takes it; null where another process rotates, or has rotated since the file was opened.</summary>
    /// <param name="file">The open log; on Unix its lock goes with it.</param>
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
        if (TryOpenMutex($"Global\\StepCaRenew-{ActionHash.Compute([path.ToUpperInvariant()])}") is not { } mutex)
            return null;
        if (!TryWait(mutex))
        {
            mutex.Dispose();
            return null;
        }

        var taken = new RotationLock(mutex);
        // Another process may have rotated between the opening of the file and this lock.
        if (WindowsOwnFile.IsSame(file, path))
            return taken;
        taken.Dispose();
        return null;
    }

    // A mutex of another account's run, or anything else under the name: who holds that may rotate, and this run writes on.
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
            // Its owner died while it rotated; what is left of that is a missing number.
            return true;
        }
    }
}
