using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.FileSystem.Native;

/// <summary>System calls of Linux that .NET does not offer.</summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxNative
{
    public const int Busy = 16;
    public const int NoSpace = 28;
    public const int QuotaExceeded = 122;
    public const uint RenameExchange = 2;

    private const int CurrentFolder = -100;
    private const long OpenAt2Number = 437;
    private const ulong ResolveNoLinks = 4;
    private const int WriteAccess = 2;
    private const int EffectiveIds = 0x200;
    private const int LongestLink = 4096;

    /// <summary>EINVAL, ENOSYS, EOPNOTSUPP: the file system or the kernel cannot exchange files.</summary>
    public static ReadOnlySpan<int> CannotExchange => [22, 38, 95];

    /// <summary>Opens a folder and refuses links in its path (openat2(2), Linux 5.6); invalid as well if the kernel or a container's filter does not have the call.</summary>
    public static SafeFileHandle OpenWithoutLinks(string path)
    {
        var how = new OpenHow { Flags = (ulong)(UnixOpen.ReadOnly | UnixOpen.Directory | UnixOpen.CloseOnExec), Resolve = ResolveNoLinks };
        return new SafeFileHandle(OpenAt2(OpenAt2Number, CurrentFolder, path, how, Marshal.SizeOf<OpenHow>()), ownsHandle: true);
    }

    /// <summary>Whether this process can create files in a folder.</summary>
    public static bool MayWrite(SafeHandle folder) => Access(folder, ".", WriteAccess, EffectiveIds) == 0;

    /// <summary>The target of an open link (O_PATH and O_NOFOLLOW); null if it is not a link.</summary>
    public static string? ReadLink(SafeHandle link)
    {
        var buffer = new byte[LongestLink];
        var length = ReadLinkAt(link, string.Empty, buffer, buffer.Length);
        return length <= 0 || length == buffer.Length ? null : Encoding.UTF8.GetString(buffer, 0, (int)length);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Statx(int folder, string path, int flags, uint mask, out LinuxStat.Buffer buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Statx(SafeHandle folder, string name, int flags, uint mask, out LinuxStat.Buffer buffer);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle OpenAt(SafeHandle folder, string name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "pread64", SetLastError = true)]
    internal static partial nint ReadAt(SafeHandle file, Span<byte> buffer, nint count, long position);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RenameAt(SafeHandle oneFolder, string one, SafeHandle otherFolder, string other, uint flags);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int LinkAt(SafeHandle folder, string existing, SafeHandle otherFolder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeFolderAt(SafeHandle folder, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int UnlinkAt(SafeHandle folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "fremovexattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RemoveAttribute(SafeHandle file, string name);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeMode(SafeHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "flistxattr", SetLastError = true)]
    internal static partial nint ListAttributes(SafeHandle file, Span<byte> names, nint size);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetAttribute(SafeHandle file, string name, Span<byte> value, nint size);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint GetAttribute(string path, string name, Span<byte> value, nint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetAttribute(SafeHandle file, string name, ReadOnlySpan<byte> value, nint size, int flags);

    // The C library has no function for it. Its number is the same on every processor.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenAt2(long number, nint folder, string path, in OpenHow how, nint size);

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(SafeHandle folder, string path, int how, int flags);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkAt(SafeHandle folder, string name, Span<byte> target, nint size);

    /// <summary><c>struct open_how</c> of linux/openat2.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}

/// <summary>Owner, mode, size and other data of a file (statx(2)).</summary>
[SupportedOSPlatform("linux")]
internal sealed record LinuxStat
{
    private const int TheFileItself = 0x1000;
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;
    private const ulong MountRoot = 0x2000;
    private const int TypeMask = 0xF000;

    private LinuxStat(in Buffer buffer)
    {
        (User, Group, Mode, Links, Length) = (buffer.User, buffer.Group, buffer.Mode, buffer.Links, (long)buffer.Length);
        (Identity, IsMountPoint) = ((buffer.MajorDevice, buffer.MinorDevice, buffer.Inode), (buffer.Attributes & buffer.AttributesMask & MountRoot) != 0);
        LastWriteTime = DateTimeOffset.FromUnixTimeSeconds(buffer.WriteSeconds).AddTicks(buffer.WriteNanoseconds / TimeSpan.NanosecondsPerTick);
    }

    public uint User { get; }

    public uint Group { get; }

    public ushort Mode { get; }

    public uint Links { get; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>UTC.</summary>
    public DateTimeOffset LastWriteTime { get; }

    public bool IsMountPoint { get; }

    /// <summary>Device and inode: two names of one file have the same.</summary>
    public (uint MajorDevice, uint MinorDevice, ulong Inode) Identity { get; }

    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    public bool IsFolder => (Mode & TypeMask) == 0x4000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;

    /// <summary>Reads the attributes of a path; null if there is no file or this account has no access to it.</summary>
    public static LinuxStat? TryRead(string path, bool followLinks) =>
        LinuxNative.Statx(CurrentFolder, path, followLinks ? 0 : NoFollow, BasicStats, out var buffer) == 0 ? new LinuxStat(buffer) : null;

    /// <summary>Reads the attributes of a name in an open folder, links not followed; null if there is no such file or this account has no access to it.</summary>
    public static LinuxStat? TryRead(SafeHandle folder, string name) =>
        LinuxNative.Statx(folder, name, NoFollow, BasicStats, out var buffer) == 0 ? new LinuxStat(buffer) : null;

    /// <summary>Reads the attributes of an open file.</summary>
    /// <exception cref="IOException">The attributes cannot be read.</exception>
    public static LinuxStat Read(SafeHandle file) =>
        LinuxNative.Statx(file, string.Empty, TheFileItself, BasicStats, out var buffer) == 0 ? new LinuxStat(buffer) : throw new IOException(Marshal.GetLastPInvokeErrorMessage());

    /// <summary>Whether an open file is the one that has this path.</summary>
    public static bool IsSame(SafeHandle file, string path) => TryRead(path, followLinks: false)?.Identity == Read(file).Identity;

    /// <summary><c>struct statx</c> of linux/stat.h; only the fields that are used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal readonly struct Buffer
    {
        [FieldOffset(8)]
        public readonly ulong Attributes;
        [FieldOffset(16)]
        public readonly uint Links;
        [FieldOffset(20)]
        public readonly uint User;
        [FieldOffset(24)]
        public readonly uint Group;
        [FieldOffset(28)]
        public readonly ushort Mode;
        [FieldOffset(32)]
        public readonly ulong Inode;
        [FieldOffset(40)]
        public readonly ulong Length;
        [FieldOffset(112)]
        public readonly long WriteSeconds;
        [FieldOffset(120)]
        public readonly uint WriteNanoseconds;
        [FieldOffset(56)]
        public readonly ulong AttributesMask;
        [FieldOffset(136)]
        public readonly uint MajorDevice;
        [FieldOffset(140)]
        public readonly uint MinorDevice;
    }
}
