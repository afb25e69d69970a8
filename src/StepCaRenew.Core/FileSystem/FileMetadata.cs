using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.Accounts;
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

/// <summary>Owner and access list on Windows. Tested under Wine only, which has three accounts and does not keep owners.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsMetadata
{
    private const FileAttributes Kept = FileAttributes.Hidden | FileAttributes.System | FileAttributes.NotContentIndexed | FileAttributes.Archive | FileAttributes.ReadOnly;

    /// <summary>Gives a new file the owner, access list and attributes of another one.</summary>
    /// <returns>The old owner if it cannot be set; else null.</returns>
    /// <exception cref="RenewalException">The access list cannot be copied (<see cref="ErrorId.PermissionsNotKept"/>).</exception>
    public static string? Copy(string source, SafeFileHandle handle)
    {
        try
        {
            var model = WindowsDescriptor.Read(source, followLinks: true);
            var outcome = DescriptorCopy.Run(WindowsDescriptor.Sddl(model), new Target(handle, model));
            if (outcome == DescriptorOutcome.AccessNotKept)
                throw FileMetadata.NotKept("access list", source, "the file system stored a different one");
            File.SetAttributes(handle, File.GetAttributes(source) & Kept);
            return outcome == DescriptorOutcome.Kept ? null : OwnerOf(WindowsDescriptor.Sddl(model));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FormatException or (IOException and not (FileNotFoundException or DirectoryNotFoundException)))
        {
            throw FileMetadata.NotKept("owner or access list", source, e.Message);
        }
    }

    /// <summary>Whether two files have the same owner and access list.</summary>
    public static bool AreSame(string one, string other)
    {
        try
        {
            return DescriptorCopy.AreSame(SddlOf(one), SddlOf(other));
        }
        catch (FormatException)
        {
            // Not known, so not the same.
            return false;
        }
    }

    private static string SddlOf(string path) => WindowsDescriptor.Sddl(WindowsDescriptor.Read(path, followLinks: true));

    private static string OwnerOf(string sddl) => Dacl.Parse(sddl).Owner is { } sid ? WindowsAccounts.NameOf(sid) ?? sid : "an unknown owner";

    private sealed class Target(SafeFileHandle handle, byte[] model) : IDescriptorTarget
    {
        public string Read() => WindowsDescriptor.Sddl(WindowsDescriptor.Read(handle));

        public void SetAccess(bool asProtected) => WindowsDescriptor.SetAccess(handle, model, asProtected);

        public IDisposable? Enable(string privilege) => WindowsPrivilege.Enable(privilege);

        public int SetOwner() => WindowsDescriptor.SetOwner(handle, model);
    }
}
