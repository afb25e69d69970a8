using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.FileSystem.Native;

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

    /// <summary>Reads them by path; null if there is no file or this account has no access to it.</summary>
    public static LinuxStat? TryRead(string path, bool followLinks) =>
        LinuxNative.Statx(CurrentFolder, path, followLinks ? 0 : NoFollow, BasicStats, out var buffer) == 0 ? new LinuxStat(buffer) : null;

    /// <summary>Reads them by a name in an open folder, links not followed; null if there is no such file or this account has no access to it.</summary>
    public static LinuxStat? TryRead(SafeHandle folder, string name) =>
        LinuxNative.Statx(folder, name, NoFollow, BasicStats, out var buffer) == 0 ? new LinuxStat(buffer) : null;

    /// <summary>Reads them from an open file.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
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
