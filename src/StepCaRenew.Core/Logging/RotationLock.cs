using Microsoft.Win32.SafeHandles;
using StepCaRenew.Files;

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
    public static RotationLock? TryTake(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows())
            return TryTakeMutex(path);
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

    private static RotationLock? TryTakeMutex(string path)
    {
        var mutex = new Mutex(initiallyOwned: false, $"Global\\StepCaRenew-{Actions.ActionHash.Of([path.ToUpperInvariant()])}");
        try
        {
            if (mutex.WaitOne(0))
                return new RotationLock(mutex);
        }
        catch (AbandonedMutexException)
        {
            // Its owner died while it rotated; what is left of that is a missing number.
            return new RotationLock(mutex);
        }

        mutex.Dispose();
        return null;
    }
}
