using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.Files;

/// <summary>The system calls of Linux that .NET has no face for.</summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxNative
{
    public const int NoData = 61;
    public const int Busy = 16;

    private const int CurrentFolder = -100;
    private const uint RenameExchange = 2;

    public const int NoSpace = 28;
    public const int QuotaExceeded = 122;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Statx(int folder, string path, int flags, uint mask, out LinuxStat.Buffer buffer);

    /// <summary>EINVAL, ENOSYS, EOPNOTSUPP: the file system or the kernel has no exchange.</summary>
    public static ReadOnlySpan<int> CannotExchange => [22, 38, 95];

    /// <summary>Exchanges two names in one step (renameat2(2)).</summary>
    public static int Exchange(string one, string other) => Rename(CurrentFolder, one, CurrentFolder, other, RenameExchange);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(int oneFolder, string one, int otherFolder, string other, uint flags);

    [LibraryImport("libc", EntryPoint = "fremovexattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RemoveAttribute(SafeHandle file, string name);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "listxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ListAttributes(string path, Span<byte> names, nint size);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetAttribute(string path, string name, Span<byte> value, nint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetAttribute(SafeHandle file, string name, ReadOnlySpan<byte> value, nint size, int flags);
}
