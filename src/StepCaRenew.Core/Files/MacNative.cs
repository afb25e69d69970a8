using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.Files;

/// <summary>The one system call of macOS that copies mode, owner, ACL and attributes. Not verified on a Mac.</summary>
[SupportedOSPlatform("macos")]
internal static partial class MacNative
{
    /// <summary>COPYFILE_ACL | COPYFILE_STAT | COPYFILE_XATTR of copyfile.h.</summary>
    public const uint Metadata = 1 | 2 | 4;

    [LibraryImport("libSystem", EntryPoint = "fcopyfile", SetLastError = true)]
    internal static partial int CopyFile(SafeHandle from, SafeHandle to, nint state, uint flags);
}
