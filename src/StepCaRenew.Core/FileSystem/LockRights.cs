using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Who may open the lock file: whoever may replace the pair, and nobody else. The kernel gives an exclusive lock to
/// anybody who can read the file, so that with the certificate's own owner and mode others could hold up its renewal.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class LockRights
{
    /// <summary>Gives a new lock file to the owner of the folder, and to whoever else can write in it.</summary>
    public static void Give(SafeFileHandle file, LinuxFolder folder)
    {
        try
        {
            LinuxMetadata.GiveToWriters(file, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A lock with its maker's own rights locks as well; the replacement itself is stricter.
        }
    }
}
