using System.Runtime.Versioning;

namespace StepCaRenew.FileSystem;

/// <summary>Creates folders of Unix with a mode that does not depend on the umask.</summary>
[UnsupportedOSPlatform("windows")]
internal static class NewFolder
{
    /// <summary>Creates a folder, and missing ones above it. An existing folder is not changed.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="mode">Its mode.</param>
    /// <param name="owner">On Linux, the owner of the folder itself; null for this account.</param>
    /// <exception cref="RenewalException">The links of the path must not be followed.</exception>
    /// <exception cref="IOException">It cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This account has no right to create it.</exception>
    public static void Make(string path, UnixFileMode mode, uint? owner = null)
    {
        if (Directory.Exists(path))
            return;
        var above = Path.GetDirectoryName(path)!;
        Make(above, mode);
        if (OperatingSystem.IsLinux())
        {
            using var folder = (LinuxFolder)OpenFolder.Follow(above);
            folder.CreateFolder(Path.GetFileName(path), mode, owner);
            return;
        }

        Directory.CreateDirectory(path, mode);
        File.SetUnixFileMode(path, mode);
    }
}
