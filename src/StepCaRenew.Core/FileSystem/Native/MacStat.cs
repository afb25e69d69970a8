using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.FileSystem.Native;

/// <summary>Owner and mode on macOS. Its ACLs are not read, because no schedule can be registered there. Not verified on a Mac.</summary>
[SupportedOSPlatform("macos")]
internal static partial class MacStat
{
    private const int CurrentFolder = -2;
    private const int NoFollow = 0x20;

    public static UnixStat? TryRead(string path, bool followLinks)
    {
        var flags = followLinks ? 0 : NoFollow;
        var result = RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? Stat(CurrentFolder, path, out var buffer, flags)
            : StatOfIntel(CurrentFolder, path, out buffer, flags);
        return result == 0 ? new UnixStat(buffer.User, buffer.Group, buffer.Mode) : null;
    }

    [LibraryImport("libSystem", EntryPoint = "fstatat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int folder, string path, out Buffer buffer, int flags);

    // On Intel, the plain name returns the old struct with short inode numbers.
    [LibraryImport("libSystem", EntryPoint = "fstatat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatOfIntel(int folder, string path, out Buffer buffer, int flags);

    /// <summary><c>struct stat</c> of sys/stat.h with 64-bit inodes; only the fields that are used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private readonly struct Buffer
    {
        [FieldOffset(4)]
        public readonly ushort Mode;
        [FieldOffset(16)]
        public readonly uint User;
        [FieldOffset(20)]
        public readonly uint Group;
    }
}
