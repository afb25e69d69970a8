using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.Files;

/// <summary>The system calls of Linux that .NET has no face for.</summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxNative
{
    public const int Busy = 16;
    public const int NoSpace = 28;
    public const int QuotaExceeded = 122;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Statx(int folder, string path, int flags, uint mask, out LinuxStat.Buffer buffer);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "listxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ListAttributes(string path, Span<byte> names, nint size);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetAttribute(string path, string name, Span<byte> value, nint size);

    [LibraryImport("libc", EntryPoint = "fremovexattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RemoveAttribute(SafeHandle file, string name);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetAttribute(SafeHandle file, string name, ReadOnlySpan<byte> value, nint size, int flags);
}
