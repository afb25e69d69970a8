using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.Files;

/// <summary>Owner, group and access rules on Windows. Not verified on Windows.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsMetadata
{
    private const AccessControlSections Owner = AccessControlSections.Owner | AccessControlSections.Group;
    private const FileAttributes Kept = FileAttributes.Hidden | FileAttributes.System | FileAttributes.NotContentIndexed | FileAttributes.Archive | FileAttributes.ReadOnly;

    public static void Copy(string source, string target, SafeFileHandle handle)
    {
        try
        {
            var file = new FileInfo(target);
            CopySection(source, file, AccessControlSections.Access);
            // Another owner needs a privilege, so that an equal one isn't set again.
            if (!OwnerOf(source).Equals(OwnerOf(target)))
                CopySection(source, file, Owner);
            File.SetAttributes(handle, File.GetAttributes(source) & Kept);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or InvalidOperationException or PrivilegeNotHeldException)
        {
            throw FileMetadata.NotKept("owner or ACL", source, e.Message);
        }
    }

    /// <summary>Whether one file has the owner and the access rules of another one.</summary>
    public static bool AreSame(string one, string other) => DescriptorOf(one) == DescriptorOf(other);

    private static string DescriptorOf(string path) =>
        new FileInfo(path).GetAccessControl(Owner | AccessControlSections.Access).GetSecurityDescriptorSddlForm(Owner | AccessControlSections.Access);

    private static void CopySection(string source, FileInfo target, AccessControlSections section)
    {
        var wanted = new FileSecurity();
        wanted.SetSecurityDescriptorBinaryForm(new FileInfo(source).GetAccessControl(section).GetSecurityDescriptorBinaryForm(), section);
        target.SetAccessControl(wanted);
    }

    private static IdentityReference OwnerOf(string path) =>
        new FileInfo(path).GetAccessControl(Owner).GetOwner(typeof(SecurityIdentifier))!;
}
