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

    /// <summary>Exchanges two names in one step (renamex_np(2)); APFS can, HFS+ cannot.</summary>
    public static int Exchange(string one, string other) => Rename(one, other, Swap);

    [LibraryImport("libSystem", EntryPoint = "renamex_np", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string one, string other, uint flags);

    [LibraryImport("libSystem", EntryPoint = "fcopyfile", SetLastError = true)]
    internal static partial int CopyFile(SafeHandle from, SafeHandle to, nint state, uint flags);
}
