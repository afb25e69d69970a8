using System.Runtime.Versioning;
using StepCaRenew.Files;

namespace StepCaRenew.Pairs;

/// <summary>What came of an attempt to lock.</summary>
internal enum LockOutcome
{
    /// <summary>The lock is ours.</summary>
    Taken,

    /// <summary>Another process has it.</summary>
    Held,

    /// <summary>There is no lock file, and none can be made.</summary>
    Impossible,
}

/// <summary>Opens and locks the lock file: flock(2) on Unix, an exclusive open on Windows.</summary>
internal static class LockFile
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;

    /// <summary>Tries once.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="model">The file whose rights a new lock file gets: whoever may renew must be able to lock.</param>
    public static (LockOutcome Outcome, FileStream? File) TryOpen(string path, string model) =>
        OperatingSystem.IsWindows() ? TryOpenOnWindows(path) : TryOpenOnUnix(path, model);

    [UnsupportedOSPlatform("windows")]
    private static (LockOutcome Outcome, FileStream? File) TryOpenOnUnix(string path, string model)
    {
        if (Open(path, model) is not { } file)
            return (LockOutcome.Impossible, null);
        if (UnixNative.Lock(file.SafeFileHandle, Exclusive | NonBlocking) == 0)
            return (LockOutcome.Taken, file);
        file.Dispose();
        return (LockOutcome.Held, null);
    }

    // Links are refused by the kernel; read-only is enough to lock where writing is refused.
    [UnsupportedOSPlatform("windows")]
    private static FileStream? Open(string path, string model)
    {
        var made = UnixNative.Open(path, UnixOpen.ReadWrite | UnixOpen.Create | UnixOpen.Exclusive | UnixOpen.NoFollow | UnixOpen.CloseOnExec, 0x180);
        if (!made.IsInvalid)
            return GiveRights(new FileStream(made, FileAccess.ReadWrite, bufferSize: 0), path, model);
        var existing = UnixNative.Open(path, UnixOpen.ReadWrite | UnixOpen.NoFollow | UnixOpen.CloseOnExec, 0);
        if (!existing.IsInvalid)
            return new FileStream(existing, FileAccess.ReadWrite, bufferSize: 0);
        var readOnly = UnixNative.Open(path, UnixOpen.NoFollow | UnixOpen.CloseOnExec, 0);
        return readOnly.IsInvalid ? null : new FileStream(readOnly, FileAccess.Read, bufferSize: 0);
    }

    [UnsupportedOSPlatform("windows")]
    private static FileStream GiveRights(FileStream file, string path, string model)
    {
        try
        {
            FileMetadata.Copy(model, path, file.SafeFileHandle);
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            // A lock with its maker's own rights locks as well; the replacement itself is stricter.
        }

        return file;
    }

    private static (LockOutcome Outcome, FileStream? File) TryOpenOnWindows(string path)
    {
        try
        {
            // Readable to whoever wants to know the holder; a second one for writing is refused.
            return (LockOutcome.Taken, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0));
        }
        catch (IOException e) when (WriteErrors.IsSharingViolation(e))
        {
            return (LockOutcome.Held, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (LockOutcome.Impossible, null);
        }
    }
}
