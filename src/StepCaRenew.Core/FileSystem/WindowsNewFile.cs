using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using StepCaRenew.Accounts;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Creates files with their access list, so that they never have the one of their folder. Tested under Wine only.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class WindowsNewFile
{
    private const FileSystemRights ReadWrite = FileSystemRights.Read | FileSystemRights.Write | FileSystemRights.Synchronize;

    /// <summary>Creates a file that only this account can open, with the right to change owner and access list later.</summary>
    /// <exception cref="IOException">The file exists, or cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This account does not have permission to create files in the folder.</exception>
    public static FileStream ForThisAccount(string path)
    {
        var security = Security($"D:P(A;;FA;;;{WindowsAccounts.Current()})");
        try
        {
            return Create(path, ReadWrite | FileSystemRights.ChangePermissions | FileSystemRights.TakeOwnership, FileShare.Read | FileShare.Delete, security);
        }
        catch (UnauthorizedAccessException)
        {
            // A share may refuse these two rights. If they are needed later, that fails then.
            return Create(path, ReadWrite, FileShare.Read | FileShare.Delete, security);
        }
    }

    /// <summary>Creates a private file, open for writing; see <see cref="PrivateRights"/>.</summary>
    /// <inheritdoc cref="ForThisAccount"/>
    public static FileStream Private(string path) => Create(path, FileSystemRights.Write | FileSystemRights.Synchronize, FileShare.None, Security(PrivateSddl(path)));

    /// <summary>Calls a function that creates a file, with the SECURITY_ATTRIBUTES of a private one.</summary>
    public static unsafe T WithPrivateRights<T>(string path, Func<nint, T> make)
    {
        var descriptor = WindowsDescriptor.FromSddl(PrivateSddl(path));
        fixed (byte* bytes = descriptor)
        {
            var attributes = new SecurityAttributes { Length = sizeof(SecurityAttributes), Descriptor = bytes };
            return make((nint)(&attributes));
        }
    }

    /// <summary>Whether accounts that were not named have access to a file; false if that cannot be found out.</summary>
    public static bool IsTooOpen(string path)
    {
        try
        {
            return PrivateRights.IsTooOpen(SddlOf(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Makes an existing file private if it still has the access list of its folder and if this account can.</summary>
    public static void Tighten(string path)
    {
        try
        {
            if (File.Exists(path) && new FileInfo(path).LinkTarget is null && SddlOf(path) is var sddl && PrivateRights.IsTooOpen(sddl))
                WindowsDescriptor.SetAccess(path, PrivateRights.ForExistingFile(sddl, Writer()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next run of the account that created it does this.
        }
    }

    private static FileStream Create(string path, FileSystemRights rights, FileShare share, FileSecurity security) =>
        new FileInfo(path).Create(FileMode.CreateNew, rights, share, 1, FileOptions.None, security);

    private static string PrivateSddl(string path) => PrivateRights.ForNewFile(FolderOf(path), Writer());

    private static string? FolderOf(string path)
    {
        try
        {
            // A device is not in a folder.
            return Path.GetDirectoryName(path) is { Length: > 0 } folder ? SddlOf(folder) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // An administrator has access through the administrators' group, and loses it when leaving the group.
    private static string? Writer()
    {
        using var identity = WindowsIdentity.GetCurrent();
        return identity.IsSystem || new WindowsPrincipal(identity).IsInRole(WindowsBuiltInRole.Administrator) ? null : identity.User!.Value;
    }

    private static string SddlOf(string path) => WindowsDescriptor.Sddl(WindowsDescriptor.Read(path, followLinks: true));

    private static FileSecurity Security(string sddl)
    {
        var security = new FileSecurity();
        security.SetSecurityDescriptorSddlForm(sddl, AccessControlSections.Access);
        return security;
    }

    /// <summary>SECURITY_ATTRIBUTES.</summary>
    private unsafe struct SecurityAttributes
    {
        public int Length;
        public byte* Descriptor;
        public int IsInherited;
    }
}
