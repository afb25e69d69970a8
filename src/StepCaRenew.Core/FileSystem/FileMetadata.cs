using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>Gives a new file the mode, owner, ACL and attributes of the one that it is to replace, by path: on Windows and macOS.</summary>
internal static class FileMetadata
{
    /// <summary>Copies what says who may do what; the new file must hold nothing secret yet.</summary>
    /// <param name="source">The file whose rights are copied.</param>
    /// <param name="target">The path of the new file.</param>
    /// <param name="handle">The new file, open for writing.</param>
    /// <returns>On Windows the owner, if the account of this run cannot give it to the new file; else null.</returns>
    /// <exception cref="RenewalException">Something can't be kept (<see cref="ErrorId.PermissionsNotKept"/>).</exception>
    public static string? Copy(string source, string target, SafeFileHandle handle)
    {
        if (OperatingSystem.IsWindows())
            return WindowsMetadata.Copy(source, handle);
        if (OperatingSystem.IsMacOS())
            CopyOnMac(source, handle);
        return null;
    }

    /// <summary>Whether one file has the owner, the mode and the ACL of another one, and no second name by which it could be reached.</summary>
    public static bool AreSame(string one, string other) =>
        OperatingSystem.IsWindows() ? WindowsMetadata.AreSame(one, other)
        : File.GetUnixFileMode(one) == File.GetUnixFileMode(other);

    internal static RenewalException NotKept(string what, string path, string reason) => new(
        ErrorId.PermissionsNotKept,
        $"The {what} of '{path}' can't be given to the file that is to replace it: {reason}. Nothing was changed, and the CA was not asked.",
        "Run as root, as the file's owner or as an administrator, or give the file to the user of this run first.");

    [System.Runtime.Versioning.SupportedOSPlatform("macos")]
    private static void CopyOnMac(string source, SafeFileHandle handle)
    {
        using var from = File.OpenHandle(source);
        if (MacNative.CopyFile(from, handle, 0, MacNative.Metadata) != 0)
            throw NotKept("mode, owner or ACL", source, System.Runtime.InteropServices.Marshal.GetLastPInvokeErrorMessage());
    }
}
