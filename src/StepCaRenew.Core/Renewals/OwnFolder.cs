using System.Runtime.Versioning;
using System.Security.AccessControl;

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

    // The mode holds whatever the umask: with 077 a task of another account could not even find its definition.
    [UnsupportedOSPlatform("windows")]
    private static void MakeOnUnix(string path)
    {
        if (Path.GetDirectoryName(path) is { } above && !Directory.Exists(above))
            MakeOnUnix(above);
        Directory.CreateDirectory(path, Mode);
        File.SetUnixFileMode(path, Mode);
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
