using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>Gives a new file the mode, owner, ACL and attributes of the file that it replaces. By path, for Windows and macOS.</summary>
internal static class FileMetadata
{
    /// <summary>Copies owner, permissions and attributes. The new file must not hold a secret yet.</summary>
    /// <param name="source">The old file.</param>
    /// <param name="handle">The new file, open for writing.</param>
    /// <returns>On Windows the old owner, if this account cannot make it the owner of the new file; else null.</returns>
    /// <exception cref="RenewalException">They cannot be copied (<see cref="ErrorId.PermissionsNotKept"/>).</exception>
    public static string? Copy(string source, SafeFileHandle handle)
    {
        if (OperatingSystem.IsWindows())
            return WindowsMetadata.Copy(source, handle);
        if (OperatingSystem.IsMacOS())
            CopyOnMac(source, handle);
        return null;
    }

    /// <summary>Whether two files have the same owner, mode and ACL.</summary>
    public static bool AreSame(string one, string other) =>
        OperatingSystem.IsWindows() ? WindowsMetadata.AreSame(one, other)
        : File.GetUnixFileMode(one) == File.GetUnixFileMode(other);

    internal static RenewalException NotKept(string what, string path, string reason) => new(
        ErrorId.PermissionsNotKept,
        $"'{path}' was not replaced: its {what} cannot be given to the new file: {reason}. Nothing was changed, and the CA was not asked.",
        "Run as root, as an administrator or as the file's owner, or make the user of this run the owner of the file.");

    [System.Runtime.Versioning.SupportedOSPlatform("macos")]
    private static void CopyOnMac(string source, SafeFileHandle handle)
    {
        using var from = File.OpenHandle(source);
        if (MacNative.CopyFile(from, handle, 0, MacNative.Metadata) != 0)
            throw NotKept("mode, owner or ACL", source, System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage());
    }
}
