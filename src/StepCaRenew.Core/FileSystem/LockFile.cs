using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>What came of an attempt to lock.</summary>
internal enum LockOutcome
{
    /// <summary>The lock is ours.</summary>
    Acquired,

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
    private const uint OwnerAlone = 0x180;

    private static int WouldBlock => OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Tries once.</summary>
    /// <param name="folders">The open folders.</param>
    /// <param name="path">The lock file.</param>
    /// <exception cref="RenewalException">
    /// Something lies there that can't be locked. To go on without a lock would let two runs work on one pair.
    /// </exception>
    public static (LockOutcome Outcome, FileStream? File) TryOpen(OpenFolders folders, string path) =>
        OperatingSystem.IsWindows() ? WindowsLock.TryOpen(path, path) : TryOpenOnUnix(folders, path);

    /// <summary>Opens the lock file without locking it, as .NET would with a shared lock of its own: it could never be read while it is held.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static FileStream OpenToRead(OpenFolders folders, string path)
    {
        if (OperatingSystem.IsWindows())
            return new FileStream(WindowsOwnFile.Open(path, WindowsNative.GenericRead, FileShare.ReadWrite | FileShare.Delete, WindowsNative.OpenExisting), FileAccess.Read, bufferSize: 0);
        var file = OpenAs(folders, path, UnixOpen.ReadOnly);
        return file.IsInvalid ? throw new IOException(Marshal.GetLastPInvokeErrorMessage()) : new FileStream(file, FileAccess.Read, bufferSize: 0);
    }

    /// <summary>
    /// Whether an open lock file still lies under its name. Where somebody deleted it, another run locks another file,
    /// and the two know nothing of each other.
    /// </summary>
    public static bool IsInPlace(FileStream file, OpenFolders folders, string path) =>
        !OperatingSystem.IsLinux() || Stat(folders, path)?.Identity == LinuxStat.Read(file.SafeFileHandle).Identity;

    /// <summary>
    /// Whether the file may be written into: not where it has another name as well, which may be anybody's file. Windows opens
    /// no such file (<see cref="WindowsOwnFile"/>).
    /// </summary>
    public static bool HasOneName(FileStream file) => !OperatingSystem.IsLinux() || LinuxStat.Read(file.SafeFileHandle) is { Links: 1 };

    /// <summary>What Linux knows of a lock file; null if there is none.</summary>
    [SupportedOSPlatform("linux")]
    public static LinuxStat? Stat(OpenFolders folders, string path) => ((LinuxFolder)folders.OpenParent(path)).TryStat(Path.GetFileName(path));

    [UnsupportedOSPlatform("windows")]
    private static (LockOutcome Outcome, FileStream? File) TryOpenOnUnix(OpenFolders folders, string path)
    {
        for (var attempt = 0; attempt < MaximumTries; attempt++)
        {
            if (Open(folders, path) is not { } file)
                return (LockOutcome.Impossible, null);
            if (UnixNative.Lock(file.SafeFileHandle, Exclusive | NonBlocking) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                file.Dispose();
                return error == WouldBlock ? (LockOutcome.Held, null) : throw NotLockable(path, Marshal.GetPInvokeErrorMessage(error));
            }

            if (IsInPlace(file, folders, path))
                return (LockOutcome.Acquired, file);
            // Deleted between the two calls.
            file.Dispose();
        }

        throw NotLockable(path, "somebody deletes it again and again");
    }

    // Links are refused by the kernel; read-only is enough to lock where writing is refused.
    [UnsupportedOSPlatform("windows")]
    private static FileStream? Open(OpenFolders folders, string path, int tries = MaximumTries)
    {
        var made = OpenAs(folders, path, UnixOpen.ReadWrite | UnixOpen.Create | UnixOpen.Exclusive);
        if (!made.IsInvalid)
        {
            if (OperatingSystem.IsLinux())
                LockRights.Give(made, (LinuxFolder)folders.OpenParent(path));
            return new FileStream(made, FileAccess.ReadWrite, bufferSize: 0);
        }

        var error = Marshal.GetLastPInvokeError();
        var existing = OpenAs(folders, path, UnixOpen.ReadWrite);
        if (!existing.IsInvalid)
            return Regular(existing, FileAccess.ReadWrite, path);
        var readOnly = OpenAs(folders, path, UnixOpen.ReadOnly);
        if (!readOnly.IsInvalid)
            return Regular(readOnly, FileAccess.Read, path);
        var (last, reason) = (Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
        if (last == UnixNative.TooManyLinks)
            throw NotLockable(path, "it is no regular file");
        // It was there when it should have been made, and was removed since (LockRemoval).
        if (error == AlreadyExists && last == NotFound && tries > 0)
            return Open(folders, path, tries - 1);
        if (folders.OpenParent(path).Exists(Path.GetFileName(path)))
            return folders.OpenParent(path).IsWritable ? throw NotLockable(path, reason) : null;
        // Where nothing can be written nothing can be replaced either: no lock is needed. A full disk is another matter.
        var failure = WriteErrors.Map(NativeErrors.ToException(error, path), path);
        return failure.ErrorId == ErrorId.FolderNotWritable ? null : throw failure;
    }

    // A pipe in its place does not keep this run waiting (O_NONBLOCK), and a link is refused by the kernel.
    [UnsupportedOSPlatform("windows")]
    private static SafeFileHandle OpenAs(OpenFolders folders, string path, int flags) => OperatingSystem.IsLinux()
        ? ((LinuxFolder)folders.OpenParent(path)).Open(Path.GetFileName(path), flags, OwnerAlone)
        : UnixNative.Open(path, flags | UnixOpen.NoFollow | UnixOpen.NonBlocking | UnixOpen.CloseOnExec, OwnerAlone);

    [UnsupportedOSPlatform("windows")]
    private static FileStream Regular(SafeFileHandle file, FileAccess access, string path)
    {
        if (SmallFile.IsRegularFile(file))
            return new FileStream(file, access, bufferSize: 0);
        file.Dispose();
        throw NotLockable(path, "it is no regular file");
    }

    internal static RenewalException NotLockable(string path, string reason) => new(
        ErrorId.WriteFailed, $"The lock file '{path}' can't be used: {reason}. Nothing was changed.",
        "Make sure that no run is under way, then delete it; the next run makes a new one.");
}
