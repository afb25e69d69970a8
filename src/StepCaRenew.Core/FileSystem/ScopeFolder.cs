using System.Runtime.Versioning;
using System.Security.AccessControl;

namespace StepCaRenew.FileSystem;

/// <summary>Creates the folders of this module for one scope: readable by all, writable by administrators (or root) alone, or in the profile of a user.</summary>
internal static class ScopeFolder
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    // Nothing is inherited, since every user can create files in ProgramData. The owner is the group of administrators.
    private const string MachineRights = "O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FRFX;;;BU)";

    /// <summary>Creates a folder, and missing ones above it. An existing folder is not changed.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="scope">The scope; folders of a user inherit the permissions of the profile.</param>
    /// <param name="owner">On Linux, the owner of the folder itself; null for this account.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no right to create it.</exception>
    public static void Make(string path, RenewalScope scope, uint? owner = null)
    {
        if (Directory.Exists(path))
            return;
        if (OperatingSystem.IsWindows())
            MakeOnWindows(path, scope);
        else
            // Ignoring the umask: with 077 another account could not read its definition.
            NewFolder.Make(path, Mode, owner);
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
