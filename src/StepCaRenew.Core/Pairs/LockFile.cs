using System.Runtime.InteropServices;
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
    private const int MaximumTries = 100;
    private const int NotFound = 2;
    private const int AlreadyExists = 17;

    private static int WouldBlock => OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Tries once.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="model">The file whose owner a new lock file gets: whoever may renew must be able to lock.</param>
    /// <exception cref="RenewalException">
    /// Something lies there that can't be locked. To go on without a lock would let two runs work on one pair.
    /// </exception>
    public static (LockOutcome Outcome, FileStream? File) TryOpen(string path, string model) =>
        OperatingSystem.IsWindows() ? WindowsLock.TryOpen(path, model) : TryOpenOnUnix(path, model);

    /// <summary>Opens the lock file without locking it, as .NET would with a shared lock of its own: it could never be read while it is held.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static FileStream OpenToRead(string path)
    {
        if (OperatingSystem.IsWindows())
            return new FileStream(WindowsOwnFile.Open(path, WindowsNative.GenericRead, FileShare.ReadWrite | FileShare.Delete, WindowsNative.OpenExisting), FileAccess.Read, bufferSize: 0);
        var file = UnixNative.Open(path, UnixOpen.NoFollow | UnixOpen.CloseOnExec, 0);
        return file.IsInvalid ? throw new IOException(Marshal.GetLastPInvokeErrorMessage()) : new FileStream(file, FileAccess.Read, bufferSize: 0);
    }

    /// <summary>
    /// Whether an open lock file still lies under its name. Where somebody deleted it, another run locks another file,
    /// and the two know nothing of each other.
    /// </summary>
    public static bool IsInPlace(FileStream file, string path) => !OperatingSystem.IsLinux() || LinuxStat.IsSame(file.SafeFileHandle, path);

    /// <summary>
    /// Whether the file may be written into: not where it has another name as well, which may be anybody's file. Windows opens
    /// no such file (<see cref="WindowsOwnFile"/>).
    /// </summary>
    public static bool IsOursAlone(string path) => !OperatingSystem.IsLinux() || LinuxStat.Of(path, followLinks: false) is { Links: 1 };

    [UnsupportedOSPlatform("windows")]
    private static (LockOutcome Outcome, FileStream? File) TryOpenOnUnix(string path, string model)
    {
        for (var attempt = 0; attempt < MaximumTries; attempt++)
        {
            if (Open(path, model) is not { } file)
                return (LockOutcome.Impossible, null);
            if (UnixNative.Lock(file.SafeFileHandle, Exclusive | NonBlocking) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                file.Dispose();
                return error == WouldBlock ? (LockOutcome.Held, null) : throw NotLockable(path, Marshal.GetPInvokeErrorMessage(error));
            }

            if (IsInPlace(file, path))
                return (LockOutcome.Taken, file);
            // Deleted between the two calls.
            file.Dispose();
        }

        throw NotLockable(path, "somebody deletes it again and again");
    }

    // Links are refused by the kernel; read-only is enough to lock where writing is refused.
    [UnsupportedOSPlatform("windows")]
    private static FileStream? Open(string path, string model, int tries = MaximumTries)
    {
        var made = UnixNative.Open(path, UnixOpen.ReadWrite | UnixOpen.Create | UnixOpen.Exclusive | UnixOpen.NoFollow | UnixOpen.CloseOnExec, LockRights.OwnerAlone);
        if (!made.IsInvalid)
        {
            var file = new FileStream(made, FileAccess.ReadWrite, bufferSize: 0);
            LockRights.Give(file, path, model);
            return file;
        }

        var error = Marshal.GetLastPInvokeError();
        DemandRegular(path);
        var existing = UnixNative.Open(path, UnixOpen.ReadWrite | UnixOpen.NoFollow | UnixOpen.CloseOnExec, 0);
        if (!existing.IsInvalid)
            return new FileStream(existing, FileAccess.ReadWrite, bufferSize: 0);
        var readOnly = UnixNative.Open(path, UnixOpen.NoFollow | UnixOpen.CloseOnExec, 0);
        if (!readOnly.IsInvalid)
            return new FileStream(readOnly, FileAccess.Read, bufferSize: 0);
        var reason = Marshal.GetLastPInvokeErrorMessage();
        // It was there when it should have been made, and was removed since (LockRemoval).
        if (error == AlreadyExists && Marshal.GetLastPInvokeError() == NotFound && tries > 0)
            return Open(path, model, tries - 1);
        if (File.Exists(path))
            return UnixNative.MayWrite(Path.GetDirectoryName(path)!) ? throw NotLockable(path, reason) : null;
        // Where nothing can be written nothing can be replaced either: no lock is needed. A full disk is another matter.
        var failure = WriteErrors.Map(NativeErrors.ToException(error, path), model);
        return failure.ErrorId == ErrorId.FolderNotWritable ? null : throw failure;
    }

    // A pipe would keep whoever asks for the holder waiting for ever, and a link would lead to a file that is not ours.
    private static void DemandRegular(string path)
    {
        if (new FileInfo(path).LinkTarget is not null || FileKind.IsSpecial(path))
            throw NotLockable(path, "it is no regular file");
    }

    internal static RenewalException NotLockable(string path, string reason) => new(
        ErrorId.WriteFailed, $"The lock file '{path}' can't be used: {reason}. Nothing was changed.",
        "Make sure that no run is under way, then delete it; the next run makes a new one.");
}
