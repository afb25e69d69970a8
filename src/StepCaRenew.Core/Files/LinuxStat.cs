using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.Files;

/// <summary>What Linux knows of a file (statx(2)).</summary>
[SupportedOSPlatform("linux")]
internal sealed record LinuxStat(uint User, uint Group, ushort Mode, uint Links, bool IsMountPoint)
{
    private const int TheFileItself = 0x1000;
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7ff;
    private const ulong MountRoot = 0x2000;
    private const int TypeMask = 0xF000;

    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    /// <summary>Looks at a file; null where there is none or it can't be looked at.</summary>
    public static LinuxStat? Of(string path, bool followLinks) =>
        LinuxNative.Statx(CurrentFolder, path, followLinks ? 0 : NoFollow, BasicStats, out var buffer) == 0
            ? new LinuxStat(buffer.User, buffer.Group, buffer.Mode, buffer.Links, (buffer.Attributes & buffer.AttributesMask & MountRoot) != 0)
            : null;

    /// <summary>Whether an open file is a regular one, its length in bytes, and when it was last written, UTC.</summary>
    /// <exception cref="IOException">It can't be looked at.</exception>
    public static (bool IsRegular, long Length, DateTimeOffset LastWriteTime) Of(Microsoft.Win32.SafeHandles.SafeFileHandle file) =>
        LinuxNative.Statx((int)file.DangerousGetHandle(), string.Empty, TheFileItself, BasicStats, out var buffer) == 0
            ? ((buffer.Mode & TypeMask) == 0x8000, (long)buffer.Length, DateTimeOffset.FromUnixTimeSeconds(buffer.WriteSeconds).AddTicks(buffer.WriteNanoseconds / TimeSpan.NanosecondsPerTick))
            : throw new IOException(Marshal.GetLastPInvokeErrorMessage());

    /// <summary>Device and inode of a file as /proc/locks writes them; null where there is none.</summary>
    public static string? IdentityOf(string path) =>
        LinuxNative.Statx(CurrentFolder, path, NoFollow, BasicStats, out var buffer) == 0
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{buffer.MajorDevice:x2}:{buffer.MinorDevice:x2}:{buffer.Inode}")
            : null;

    /// <summary>Whether an open file is the one that lies at a path.</summary>
    public static bool IsSame(Microsoft.Win32.SafeHandles.SafeFileHandle file, string path) =>
        LinuxNative.Statx(CurrentFolder, $"/proc/self/fd/{file.DangerousGetHandle()}", 0, BasicStats, out var open) == 0
        && LinuxNative.Statx(CurrentFolder, path, NoFollow, BasicStats, out var there) == 0
        && (open.Inode, open.MajorDevice, open.MinorDevice) == (there.Inode, there.MajorDevice, there.MinorDevice);

    /// <summary><c>struct statx</c> of linux/stat.h, the fields that are read.</summary>
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
