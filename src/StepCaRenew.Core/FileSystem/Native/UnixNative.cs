using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.FileSystem.Native;

/// <summary>System calls that Linux and macOS share.</summary>
internal static partial class UnixNative
{
    /// <summary>ELOOP, as .NET gives it in HResult.</summary>
    public static readonly int TooManyLinks = OperatingSystem.IsLinux() ? 40 : 62;

    private const int WriteAccess = 2;

    // AT_FDCWD and AT_EACCESS: with the rights of the effective user, not of the real one.
    private static readonly int CurrentFolder = OperatingSystem.IsLinux() ? -100 : -2;
    private static readonly int EffectiveIds = OperatingSystem.IsLinux() ? 0x200 : 0x10;

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

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Flush(SafeHandle file);
}

/// <summary>Flags of open(2); Linux and macOS number them differently.</summary>
internal static class UnixOpen
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;

    /// <summary>Every write goes to the end of the file, also if another process has written meanwhile.</summary>
    public static int Append => OperatingSystem.IsLinux() ? 0x400 : 0x8;

    public static int Create => OperatingSystem.IsLinux() ? 0x40 : 0x200;

    public static int Exclusive => OperatingSystem.IsLinux() ? 0x80 : 0x800;

    /// <summary>O_PATH of Linux: opens a folder without the permission to list it.</summary>
    public const int PathOnly = 0x200000;

    /// <summary>ELOOP of Linux: a link was refused.</summary>
    public const int TooManyLinks = 40;

    /// <summary>Refuses anything but a folder. Linux only; ARM has another number.</summary>
    public static int Directory => IsArm ? 0x4000 : 0x10000;

    /// <summary>Refuses a link at the end of the path. Linux on ARM has another number.</summary>
    public static int NoFollow => !OperatingSystem.IsLinux() ? 0x100 : IsArm ? 0x8000 : 0x20000;

    /// <summary>Does not wait, for instance for another process to open the other end of a pipe.</summary>
    public static int NonBlocking => OperatingSystem.IsLinux() ? 0x800 : 0x4;

    /// <summary>A child process (an action, a hook) must not inherit a lock.</summary>
    public static int CloseOnExec => OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;

    private static bool IsArm => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
        is System.Runtime.InteropServices.Architecture.Arm64 or System.Runtime.InteropServices.Architecture.Arm;
}

/// <summary>The owner and mode of a path. Links are followed only on request.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed record UnixStat(uint User, uint Group, ushort Mode)
{
    private const int TypeMask = 0xF000;
    private const int NotAFolder = 20;

    public bool IsFolder => (Mode & TypeMask) == 0x4000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;

    /// <summary>Whether only the owner of an entry can rename or delete it.</summary>
    public bool IsSticky => IsFolder && (Mode & 0x200) != 0;

    public bool GroupMayWrite => (Mode & 0x10) != 0;

    public bool OthersMayWrite => (Mode & 0x2) != 0;

    /// <summary>The mode as chmod takes it.</summary>
    public string Octal => Convert.ToString(Mode & 0xFFF, 8).PadLeft(4, '0');

    /// <summary>Reads the attributes of a path.</summary>
    /// <returns>Null and the reason; both are null if the path does not exist.</returns>
    public static (UnixStat? Stat, string? Failure) TryRead(string path, bool followLinks = false)
    {
        if (OperatingSystem.IsLinux() && LinuxStat.TryRead(path, followLinks) is { } stat)
            return (new UnixStat(stat.User, stat.Group, stat.Mode), null);
        if (OperatingSystem.IsMacOS() && MacNative.TryStat(path, followLinks) is { } onMac)
            return (onMac, null);
        return (null, Marshal.GetLastPInvokeError() is NativeErrors.NoEntry or NotAFolder ? null : Marshal.GetLastPInvokeErrorMessage());
    }
}

/// <summary>Turns errors of system calls into the exceptions that .NET throws for them, so that both are handled alike.</summary>
internal static class NativeErrors
{
    private const int NotPermitted = 1;
    public const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int NotAFolder = 20;

    public static Exception ToException(int error, string path)
    {
        var message = $"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'";
        return error switch
        {
            NotPermitted or AccessDenied => new UnauthorizedAccessException(message),
            NoEntry => new FileNotFoundException(message, path),
            NotAFolder => new DirectoryNotFoundException(message),
            _ => new IOException(message, error),
        };
    }
}

/// <summary>The number of files that this process can have open at once (getrlimit(2)).</summary>
internal static partial class OpenFileLimit
{
    private static int OpenFiles => OperatingSystem.IsLinux() ? 7 : 8;

    /// <summary>The limit; the greatest number on Windows, or if it is not known.</summary>
    public static long Get() =>
        !OperatingSystem.IsWindows() && Ask(OpenFiles, out var limits) == 0 && limits.Now <= long.MaxValue ? (long)limits.Now : long.MaxValue;

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int Ask(int resource, out Limits limits);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limits
    {
        /// <summary>The present limit.</summary>
        public readonly ulong Now;

        /// <summary>The limit up to which it can be raised.</summary>
        public readonly ulong Most;
    }
}
