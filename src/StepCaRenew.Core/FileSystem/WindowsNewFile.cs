using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using StepCaRenew.Accounts;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Makes files with their access list: they never have that of their folder, not for a moment. Seen under Wine only.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class WindowsNewFile
{
    private const FileSystemRights ReadWrite = FileSystemRights.Read | FileSystemRights.Write | FileSystemRights.Synchronize;

    /// <summary>Makes a file that this account alone can open, with the right to change owner and access list later.</summary>
    /// <exception cref="IOException">A file is there already, or it cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This account does not have permission to make files there.</exception>
    public static FileStream ForThisAccount(string path)
    {
        var security = Security($"D:P(A;;FA;;;{WindowsAccounts.Current()})");
        try
        {
            return Create(path, ReadWrite | FileSystemRights.ChangePermissions | FileSystemRights.TakeOwnership, FileShare.Read | FileShare.Delete, security);
        }
        catch (UnauthorizedAccessException)
        {
            // A share may keep these two rights back. What is then missing is found when they are needed.
            return Create(path, ReadWrite, FileShare.Read | FileShare.Delete, security);
        }
    }

    /// <summary>Makes a private file, open for writing; see <see cref="PrivateRights"/>.</summary>
    /// <inheritdoc cref="ForThisAccount"/>
    public static FileStream Private(string path) => Create(path, FileSystemRights.Write | FileSystemRights.Synchronize, FileShare.None, Security(PrivateSddl(path)));

    /// <summary>Calls what makes a private file, with a SECURITY_ATTRIBUTES for it.</summary>
    public static unsafe T WithPrivateRights<T>(string path, Func<nint, T> make)
    {
        var descriptor = WindowsDescriptor.FromSddl(PrivateSddl(path));
        fixed (byte* bytes = descriptor)
        {
            var attributes = new SecurityAttributes { Length = sizeof(SecurityAttributes), Descriptor = bytes };
            return make((nint)(&attributes));
        }
    }

    /// <summary>Whether a file lets accounts in that nobody named; false if that cannot be told.</summary>
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

    /// <summary>Makes an existing file private, if it is one of ours that still has the access list of its folder and if this account can.</summary>
    public static void Tighten(string path)
    {
        try
        {
            if (File.Exists(path) && new FileInfo(path).LinkTarget is null && SddlOf(path) is var sddl && PrivateRights.IsTooOpen(sddl))
                WindowsDescriptor.SetAccess(path, PrivateRights.ForExistingFile(sddl, Writer()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The account that made it can; its next run does.
        }
    }

    private static FileStream Create(string path, FileSystemRights rights, FileShare share, FileSecurity security) =>
        new FileInfo(path).Create(FileMode.CreateNew, rights, share, 1, FileOptions.None, security);

    private static string PrivateSddl(string path) => PrivateRights.ForNewFile(FolderOf(path), Writer());

    private static string? FolderOf(string path)
    {
        try
        {
            // A device lies in no folder.
            return Path.GetDirectoryName(path) is { Length: > 0 } folder ? SddlOf(folder) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // An administrator has the file by the group of administrators, and keeps no right when no longer one.
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
