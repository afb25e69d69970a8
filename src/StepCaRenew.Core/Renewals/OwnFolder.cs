using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using StepCaRenew.Files;
using StepCaRenew.Safety;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>Makes folders of our own: readable to all, writable to administrators and the account of the run.</summary>
internal static class OwnFolder
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // Protected: ProgramData lets every user make files in folders below it. Owned by the administrators.
    private const string MachineRights = "O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FRFX;;;BU)";

    /// <summary>Makes a folder and those above it that are missing; one that is there already is left as it is.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="scope">The scope; a user's own folders get the rights of the user's profile.</param>
    /// <exception cref="RenewalException">It can't be made.</exception>
    public static void Make(string path, RenewalScope scope)
    {
        if (Directory.Exists(path))
            return;
        try
        {
            if (OperatingSystem.IsWindows())
                MakeOnWindows(path, scope);
            else
                MakeOnUnix(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RenewalException(
                e is UnauthorizedAccessException ? ErrorId.AdministratorRequired : ErrorId.WriteFailed, $"The folder '{path}' can't be made: {e.Message}",
                scope == RenewalScope.Machine ? "Run as an administrator (or root), or register for yourself: -Scope CurrentUser." : "Check the rights of the folder above it.", e);
        }
    }

    /// <summary>Makes a folder if that is possible; whoever writes in it says so if it was not.</summary>
    public static void TryMake(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The log says that it can't be written.
        }
    }

    /// <summary>Gives a file or folder of ours to the account that a run is to run as, where that is another one.</summary>
    /// <param name="account">The account.</param>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="RenewalException">It can't be given.</exception>
    public static void GiveTo(TaskAccount account, string path)
    {
        if (account is not (TaskAccount.User or TaskAccount.ManagedServiceAccount))
            return;
        try
        {
            if (OperatingSystem.IsWindows())
                AllowOnWindows(new SecurityIdentifier(account.Sid ?? WindowsAccounts.SidOf(account.Display)), path);
            else
                GiveOnUnix(path, UnixAccounts.UserNumber(account.Display) ?? throw TrustedAccounts.Unknown(account.Display, null));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IdentityNotMappedException or InvalidOperationException)
        {
            throw new RenewalException(ErrorId.AccountInvalid, $"'{path}' can't be given to '{account.Display}': {e.Message}", "Check the account, and run as an administrator (or root).", e);
        }
    }

    // The mode holds whatever the umask: with 077 a task of another account could not even find its definition.
    [UnsupportedOSPlatform("windows")]
    private static void MakeOnUnix(string path)
    {
        var above = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(above))
            MakeOnUnix(above);
        if (OperatingSystem.IsLinux())
        {
            using var folder = (LinuxFolder)OpenFolder.Follow(above);
            folder.CreateFolder(Path.GetFileName(path), Mode);
            return;
        }

        Directory.CreateDirectory(path, Mode);
        File.SetUnixFileMode(path, Mode);
    }

    // The file that is there, not what somebody puts in its place: root would give that away.
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

    [SupportedOSPlatform("windows")]
    private static void MakeOnWindows(string path, RenewalScope scope)
    {
        if (scope == RenewalScope.CurrentUser)
        {
            Directory.CreateDirectory(path);
            return;
        }

        var rights = new DirectorySecurity();
        rights.SetSecurityDescriptorSddlForm(MachineRights);
        if (Path.GetDirectoryName(path) is { } above && !Directory.Exists(above))
            MakeOnWindows(above, scope);
        new DirectoryInfo(path).Create(rights);
    }
}
