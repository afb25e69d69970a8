using System.Runtime.Versioning;
using StepCaRenew.Files;

namespace StepCaRenew.Pairs;

/// <summary>
/// Who may open the lock file: whoever may replace the pair, and nobody else. The kernel gives an exclusive lock to
/// anybody who can read the file, so that with the certificate's own mode every user could hold up its renewal.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static class LockRights
{
    /// <summary>The mode of a new lock file before it has its rights.</summary>
    public const int OwnerAlone = 0x180;

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    private const UnixFileMode Other = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Gives a new lock file the owner and the ACL of the certificate, and lets in who may write the folder.</summary>
    public static void Give(FileStream file, string path, string model)
    {
        try
        {
            FileMetadata.Copy(model, path, file.SafeFileHandle);
            var folder = File.GetUnixFileMode(Path.GetDirectoryName(path)!);
            // With an ACL the group's bits are its mask, and name those who were let in one by one.
            var isGroupIn = folder.HasFlag(UnixFileMode.GroupWrite) || FileMetadata.HasAcl(path);
            File.SetUnixFileMode(file.SafeFileHandle, Owner | (isGroupIn ? Group : 0) | (folder.HasFlag(UnixFileMode.OtherWrite) ? Other : 0));
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            // A lock with its maker's own rights locks as well; the replacement itself is stricter.
        }
    }
}
