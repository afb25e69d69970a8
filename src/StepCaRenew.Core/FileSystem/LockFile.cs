using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>The outcome of an attempt to lock.</summary>
internal enum LockOutcome
{
    /// <summary>This process holds the lock.</summary>
    Acquired,

    /// <summary>Another process holds it.</summary>
    Held,

    /// <summary>There is no lock file, and it cannot be created.</summary>
    Impossible,
}

/// <summary>Opens and locks the lock file: flock(2) on Unix, an exclusive open on Windows.</summary>
internal static class LockFile
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private const int Release = 8;
    private const int MaximumTries = 100;
    private const int NotFound = 2;
    private const int AlreadyExists = 17;
    private const uint OwnerAlone = 0x180;

    private static int WouldBlock => OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Tries once.</summary>
    /// <exception cref="RenewalException">
    /// Something under that name cannot be locked. Without a lock two runs could work on one pair.
    /// </exception>
    public static (LockOutcome Outcome, FileStream? File) TryOpen(OpenFolders folders, string path) =>
        OperatingSystem.IsWindows() ? WindowsLock.TryOpen(path, path) : TryOpenOnUnix(folders, path);

    /// <summary>Opens the lock file without a lock. .NET would take a shared one, and could not read the file while it is held.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileStream OpenToRead(OpenFolders folders, string path)
    {
        if (OperatingSystem.IsWindows())
            return new FileStream(WindowsOwnFile.Open(path, WindowsNative.GenericRead, FileShare.ReadWrite | FileShare.Delete, WindowsNative.OpenExisting), FileAccess.Read, bufferSize: 0);
        var file = OpenAs(folders, path, UnixOpen.ReadOnly);
        return file.IsInvalid ? throw new IOException(Marshal.GetLastPInvokeErrorMessage()) : new FileStream(file, FileAccess.Read, bufferSize: 0);
    }

    /// <summary>
    /// Whether an open lock file still has its name. If the file was deleted, another run creates and locks a new one, and
    /// both would work on the pair.
    /// </summary>
    public static bool IsInPlace(FileStream file, OpenFolders folders, string path) =>
        !OperatingSystem.IsLinux() || Stat(folders, path)?.Identity == LinuxStat.Read(HandleOf(file)).Identity;

    /// <summary>
    /// Whether the file has no other hard link, and so can be written without changing another file. Windows does not open
    /// such a file (<see cref="WindowsOwnFile"/>).
    /// </summary>
    public static bool HasOneName(FileStream file) => !OperatingSystem.IsLinux() || LinuxStat.Read(HandleOf(file)) is { Links: 1 };

    /// <summary>The status of a lock file; null if there is none.</summary>
    [SupportedOSPlatform("linux")]
    public static LinuxStat? Stat(OpenFolders folders, string path) => ((LinuxFolder)folders.OpenParent(path)).TryStat(Path.GetFileName(path));

    // Each time that a stream is asked for its handle, it sets the position of the file.
    [UnsupportedOSPlatform("windows")]
    private static SafeFileHandle HandleOf(FileStream file) => file is Locked locked ? locked.Descriptor : file.SafeFileHandle;

    [UnsupportedOSPlatform("windows")]
    private static (LockOutcome Outcome, FileStream? File) TryOpenOnUnix(OpenFolders folders, string path)
    {
        for (var attempt = 0; attempt < MaximumTries; attempt++)
        {
            if (Open(folders, path) is not { } file)
                return (LockOutcome.Impossible, null);
            if (UnixNative.Lock(HandleOf(file), Exclusive | NonBlocking) != 0)
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

        throw NotLockable(path, "another process keeps deleting it");
    }

    // Read-only is enough to lock a file that this account cannot write.
    [UnsupportedOSPlatform("windows")]
    private static FileStream? Open(OpenFolders folders, string path, int tries = MaximumTries)
    {
        var made = OpenAs(folders, path, UnixOpen.ReadWrite | UnixOpen.Create | UnixOpen.Exclusive);
        if (!made.IsInvalid)
        {
            if (OperatingSystem.IsLinux())
                GiveToWriters(made, (LinuxFolder)folders.OpenParent(path));
            return new Locked(made, FileAccess.ReadWrite);
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
            throw NotLockable(path, "it is not a regular file");
        // It existed a moment ago and was removed since (LockRemoval).
        if (error == AlreadyExists && last == NotFound && tries > 0)
            return Open(folders, path, tries - 1);
        if (folders.OpenParent(path).Exists(Path.GetFileName(path)))
            return folders.OpenParent(path).IsWritable ? throw NotLockable(path, reason) : null;
        // If the folder cannot be written, nothing can be replaced and no lock is needed. A full disk is an error.
        var failure = WriteErrors.Map(NativeErrors.ToException(error, path), path);
        return failure.ErrorId == ErrorId.FolderNotWritable ? null : throw failure;
    }

    // The kernel gives an exclusive lock to every account that can read the file. So only accounts that can replace the pair
    // can open it: with the certificate's mode any reader could block the renewal.
    [SupportedOSPlatform("linux")]
    private static void GiveToWriters(SafeFileHandle file, LinuxFolder folder)
    {
        try
        {
            LinuxMetadata.GiveToWriters(file, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lock works with the default permissions too.
        }
    }

    // The kernel refuses a link (O_NOFOLLOW), and a pipe does not block (O_NONBLOCK).
    [UnsupportedOSPlatform("windows")]
    private static SafeFileHandle OpenAs(OpenFolders folders, string path, int flags) => OperatingSystem.IsLinux()
        ? ((LinuxFolder)folders.OpenParent(path)).Open(Path.GetFileName(path), flags, OwnerAlone)
        : UnixNative.Open(path, flags | UnixOpen.NoFollow | UnixOpen.NonBlocking | UnixOpen.CloseOnExec, OwnerAlone);

    [UnsupportedOSPlatform("windows")]
    private static Locked Regular(SafeFileHandle file, FileAccess access, string path)
    {
        if (SmallFile.IsRegularFile(file))
            return new Locked(file, access);
        file.Dispose();
        throw NotLockable(path, "it is not a regular file");
    }

    // A process that another thread starts has a copy of every descriptor until it executes its program, and the lock lasts as
    // long as a copy is open. Only an explicit unlock ends it at once.
    [UnsupportedOSPlatform("windows")]
    private sealed class Locked(SafeFileHandle file, FileAccess access) : FileStream(file, access, bufferSize: 0)
    {
        public SafeFileHandle Descriptor { get; } = file;

        protected override void Dispose(bool disposing)
        {
            if (!Descriptor.IsClosed)
                _ = UnixNative.Lock(Descriptor, Release);
            base.Dispose(disposing);
        }
    }

    internal static RenewalException NotLockable(string path, string reason) => new(
        ErrorId.WriteFailed, $"The lock file '{path}' cannot be locked: {reason}. Nothing was changed.",
        "Make sure that no run is in progress, then delete the file; the next run creates it again.");
}

/// <summary>Opens and locks the lock file on Windows: the process that has it open for writing holds the lock.</summary>
internal static class WindowsLock
{
    /// <summary>Tries once.</summary>
    /// <exception cref="RenewalException">Something under that name cannot be locked.</exception>
    [SupportedOSPlatform("windows")]
    public static (LockOutcome Outcome, FileStream? File) TryOpen(string path, string model)
    {
        try
        {
            // Others can read it, for the name of the holder; a second open for writing is refused.
            var file = WindowsOwnFile.Open(path, WindowsNative.GenericRead | WindowsNative.GenericWrite, FileShare.Read, WindowsNative.OpenAlways);
            return (LockOutcome.Acquired, new FileStream(file, FileAccess.ReadWrite, bufferSize: 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (OutcomeOf(e, path, model, File.Exists(path), new WindowsProbe().TakesFiles), null);
        }
    }

    /// <summary>The meaning of a failure: a run can continue without a lock only if the folder cannot be written.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="path">The lock file.</param>
    /// <param name="model">The certificate file, for messages.</param>
    /// <param name="exists">Whether the lock file exists.</param>
    /// <param name="takesFiles">Whether a file can be created in a folder.</param>
    /// <exception cref="RenewalException">The lock file cannot be locked, or the disk is full.</exception>
    internal static LockOutcome OutcomeOf(Exception error, string path, string model, bool exists, Func<string, bool> takesFiles)
    {
        if (error is IOException io && WriteErrors.IsSharingViolation(io))
            return LockOutcome.Held;
        if (error is NotOursException)
            throw LockFile.NotLockable(path, error.Message);
        var isWritable = takesFiles(Path.GetDirectoryName(path)!);
        if (exists)
            return isWritable ? throw LockFile.NotLockable(path, error.Message) : LockOutcome.Impossible;
        // Windows also denies access to a file that is being deleted; a moment later it is gone.
        if (error is UnauthorizedAccessException && isWritable)
            return LockOutcome.Held;
        var failure = WriteErrors.Map(error, model);
        return failure.ErrorId == ErrorId.FolderNotWritable ? LockOutcome.Impossible : throw failure;
    }
}
