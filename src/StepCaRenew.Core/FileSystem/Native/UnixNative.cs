using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.FileSystem.Native;

/// <summary>System calls that Linux and macOS share.</summary>
internal static partial class UnixNative
{
    /// <summary>ELOOP, as .NET gives it in HResult.</summary>
    public static readonly int TooManyLinks = OperatingSystem.IsLinux() ? 40 : 62;

    private const int ReadOnly = 0;
    private const int NotPermitted = 13;
    private const int WriteAccess = 2;

    // AT_FDCWD and AT_EACCESS: with the rights of the effective user, not of the real one.
    private static readonly int CurrentFolder = OperatingSystem.IsLinux() ? -100 : -2;
    private static readonly int EffectiveIds = OperatingSystem.IsLinux() ? 0x200 : 0x10;

    /// <summary>Flushes a folder's entries to disk, so that a rename in it survives a power loss (fsync(2)).</summary>
    /// <exception cref="IOException">The folder cannot be flushed.</exception>
    [UnsupportedOSPlatform("windows")]
    public static void FlushFolder(string path)
    {
        if (Flushing.IsSkipped)
            return;
        using var folder = Open(path, ReadOnly);
        // A folder in which this account can write but not list cannot be opened for flushing.
        if (folder.IsInvalid && Marshal.GetLastPInvokeError() == NotPermitted)
            return;
        // Some file systems (network mounts) cannot flush folders and return EINVAL; that is ignored.
        if (folder.IsInvalid || (Flush(folder) != 0 && Marshal.GetLastPInvokeError() != 22))
            throw new IOException($"The folder '{path}' cannot be flushed to disk: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Makes a user the owner of a file, a folder or a link itself (lchown(2)).</summary>
    /// <exception cref="IOException">It failed.</exception>
    [UnsupportedOSPlatform("windows")]
    public static void GiveTo(string path, uint user)
    {
        if (ChangeOwner(path, user, uint.MaxValue) != 0)
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    /// <summary>Whether this process can write a file, or in a folder.</summary>
    [UnsupportedOSPlatform("windows")]
    public static bool MayWrite(string path) => Access(CurrentFolder, path, WriteAccess, EffectiveIds) == 0;

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(int folder, string path, int how, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Link(string existing, string name);

    /// <summary>Takes or frees a lock on an open file (flock(2)); the kernel frees it with the process.</summary>
    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    internal static partial int Lock(SafeHandle file, int operation);

    /// <summary>Sends a signal (kill(2)).</summary>
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    /// <summary>Writes in one call; to the end of the file if it was opened for appending (write(2)).</summary>
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(SafeHandle file, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Flush(SafeHandle file);
}
