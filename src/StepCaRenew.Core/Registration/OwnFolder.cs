using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Registration;

/// <summary>Creates the folders of registered renewals: readable by all, writable by administrators and the account of the run.</summary>
internal static class OwnFolder
{
    /// <summary>Creates a folder, and missing ones above it. An existing folder is not changed.</summary>
    /// <param name="scope">The scope; folders of a user inherit the permissions of the profile.</param>
    /// <exception cref="RenewalException">The folder cannot be created.</exception>
    public static void Make(string path, RenewalScope scope) => Make(path, scope, null);

    /// <summary>Creates a folder and gives it to the account of the run. An existing folder keeps its owner and its permissions.</summary>
    /// <exception cref="RenewalException">The folder cannot be created, or not be given to the account.</exception>
    public static void MakeFor(TaskAccount account, string path, RenewalScope scope)
    {
        if (Directory.Exists(path))
            return;
        Make(path, scope, OperatingSystem.IsLinux() && IsAnother(account) ? NumberOf(account) : null);
        if (!OperatingSystem.IsLinux())
            GiveTo(account, path);
    }

    private static void Make(string path, RenewalScope scope, uint? owner)
    {
        if (Directory.Exists(path))
            return;
        try
        {
            ScopeFolder.Make(path, scope, owner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RenewalException(
                e is UnauthorizedAccessException ? ErrorId.AdministratorRequired : ErrorId.WriteFailed, $"The folder '{path}' cannot be created: {e.Message}",
                scope == RenewalScope.Machine ? "Run as an administrator (or root), or register for yourself: -Scope CurrentUser." : "Check the permissions of the folder above it.", e);
        }
    }

    /// <summary>Creates a folder if possible. If not, writing in it fails later.</summary>
    public static void TryMake(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Writing in the folder reports the error.
        }
    }

    /// <summary>Gives a file or folder to the account of the run, if that is not the default account.</summary>
    /// <exception cref="RenewalException">The owner or permissions cannot be changed.</exception>
    public static void GiveTo(TaskAccount account, string path)
    {
        if (!IsAnother(account))
            return;
        try
        {
            if (OperatingSystem.IsWindows())
                AllowOnWindows(new SecurityIdentifier(account.Sid ?? WindowsAccounts.SidOf(account.Display)), path);
            else
                GiveOnUnix(path, NumberOf(account));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IdentityNotMappedException or InvalidOperationException)
        {
            throw new RenewalException(ErrorId.AccountInvalid, $"'{path}' cannot be given to '{account.Display}': {e.Message}", "Check the account, and run as an administrator (or root).", e);
        }
    }

    // The default account of a scope creates its files itself.
    private static bool IsAnother(TaskAccount account) => account is TaskAccount.User or TaskAccount.ManagedServiceAccount;

    [UnsupportedOSPlatform("windows")]
    private static uint NumberOf(TaskAccount account) => UnixAccounts.UserNumber(account.Display) ?? throw AccountName.Unknown(account.Display, null);

    // Through the opened folder: root must not give away a file that another user puts in its place.
    [UnsupportedOSPlatform("windows")]
    private static void GiveOnUnix(string path, uint user)
    {
        if (OperatingSystem.IsLinux())
        {
            using var folder = (LinuxFolder)OpenFolder.Follow(Path.GetDirectoryName(path)!);
            folder.GiveTo(Path.GetFileName(path), user);
        }
        else
        {
            UnixNative.GiveTo(path, user);
        }
    }

    [SupportedOSPlatform("windows")]
    private static void AllowOnWindows(SecurityIdentifier account, string path)
    {
        if (File.Exists(path))
        {
            var file = new FileInfo(path);
            var fileRights = file.GetAccessControl();
            fileRights.AddAccessRule(new FileSystemAccessRule(account, FileSystemRights.Read, AccessControlType.Allow));
            file.SetAccessControl(fileRights);
            return;
        }

        var folder = new DirectoryInfo(path);
        var rights = folder.GetAccessControl();
        rights.AddAccessRule(new FileSystemAccessRule(
            account, FileSystemRights.Modify, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit, PropagationFlags.None, AccessControlType.Allow));
        folder.SetAccessControl(rights);
    }
}
