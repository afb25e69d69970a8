using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.Accounts;

namespace StepCaRenew.FileSystem;

/// <summary>Owner and access list on Windows. Seen under Wine only, which knows three accounts and keeps no owner.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsMetadata
{
    private const FileAttributes Kept = FileAttributes.Hidden | FileAttributes.System | FileAttributes.NotContentIndexed | FileAttributes.Archive | FileAttributes.ReadOnly;

    /// <summary>Gives a new file owner, access list and attributes of another one.</summary>
    /// <returns>The owner if it cannot be given to the new file; null if it has it.</returns>
    /// <exception cref="RenewalException">The access list cannot be kept (<see cref="ErrorId.PermissionsNotKept"/>).</exception>
    public static string? Copy(string source, SafeFileHandle handle)
    {
        try
        {
            var model = WindowsDescriptor.Read(source, followLinks: true);
            var outcome = DescriptorCopy.Run(WindowsDescriptor.Sddl(model), new Target(handle, model));
            if (outcome == DescriptorOutcome.AccessNotKept)
                throw FileMetadata.NotKept("access list", source, "the file system made another one of it");
            File.SetAttributes(handle, File.GetAttributes(source) & Kept);
            return outcome == DescriptorOutcome.Kept ? null : OwnerOf(WindowsDescriptor.Sddl(model));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FormatException or (IOException and not (FileNotFoundException or DirectoryNotFoundException)))
        {
            throw FileMetadata.NotKept("owner or access list", source, e.Message);
        }
    }

    /// <summary>Whether one file has the owner and the access list of another one.</summary>
    public static bool AreSame(string one, string other)
    {
        try
        {
            return DescriptorCopy.AreSame(SddlOf(one), SddlOf(other));
        }
        catch (FormatException)
        {
            // Nobody can tell.
            return false;
        }
    }

    private static string SddlOf(string path) => WindowsDescriptor.Sddl(WindowsDescriptor.Read(path, followLinks: true));

    private static string OwnerOf(string sddl) => Dacl.Parse(sddl).Owner is { } sid ? WindowsAccounts.NameOf(sid) ?? sid : "nobody that is known";

    private sealed class Target(SafeFileHandle handle, byte[] model) : IDescriptorTarget
    {
        public string Read() => WindowsDescriptor.Sddl(WindowsDescriptor.Read(handle));

        public void SetAccess(bool asProtected) => WindowsDescriptor.SetAccess(handle, model, asProtected);

        public IDisposable? Enable(string privilege) => WindowsPrivilege.Enable(privilege);

        public int SetOwner() => WindowsDescriptor.SetOwner(handle, model);
    }
}
