using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.FileSystem.Native;

/// <summary>The system calls of macOS: copying mode, owner, ACL and attributes, and exchanging files. Not verified on a Mac.</summary>
[SupportedOSPlatform("macos")]
internal static partial class MacNative
{
    /// <summary>COPYFILE_ACL | COPYFILE_STAT | COPYFILE_XATTR of copyfile.h.</summary>
    public const uint Metadata = 1 | 2 | 4;

    /// <summary>EINVAL, ENOTSUP: the file system cannot exchange files.</summary>
    public static ReadOnlySpan<int> CannotExchange => [22, 45];

    private const uint Swap = 2;
    private const int CurrentFolder = -2;
    private const int NoFollow = 0x20;

    /// <summary>Exchanges two names in one step (renamex_np(2)); APFS can, HFS+ cannot.</summary>
    public static int Exchange(string one, string other) => Rename(one, other, Swap);

    [LibraryImport("libSystem", EntryPoint = "renamex_np", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string one, string other, uint flags);

    [LibraryImport("libSystem", EntryPoint = "fcopyfile", SetLastError = true)]
    internal static partial int CopyFile(SafeHandle from, SafeHandle to, nint state, uint flags);

    /// <summary>Owner and mode; ACLs are not read, because no schedule can be registered on macOS.</summary>
    public static UnixStat? TryStat(string path, bool followLinks)
    {
        var flags = followLinks ? 0 : NoFollow;
        var result = RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? Stat(CurrentFolder, path, out var buffer, flags)
            : StatOfIntel(CurrentFolder, path, out buffer, flags);
        return result == 0 ? new UnixStat(buffer.User, buffer.Group, buffer.Mode) : null;
    }

    [LibraryImport("libSystem", EntryPoint = "fstatat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, out StatBuffer buffer, int flags);

    // On Intel, the plain name returns the old struct with short inode numbers.
    [LibraryImport("libSystem", EntryPoint = "fstatat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatOfIntel(int folder, string path, out StatBuffer buffer, int flags);

    /// <summary><c>struct stat</c> of sys/stat.h with 64-bit inodes; only the fields that are used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct StatBuffer
    {
        [FieldOffset(4)]
        public readonly ushort Mode;
        [FieldOffset(16)]
        public readonly uint User;
        [FieldOffset(20)]
        public readonly uint Group;
    }
}
