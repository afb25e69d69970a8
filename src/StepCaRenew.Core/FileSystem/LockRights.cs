using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Permissions of the lock file: only accounts that can replace the pair can open it. The kernel gives an exclusive lock to
/// every account that can read the file, so that with the certificate's mode any reader could block the renewal.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class LockRights
{
    /// <summary>Gives a new lock file to the owner of the folder and to all accounts that can write in it.</summary>
    public static void Give(SafeFileHandle file, LinuxFolder folder)
    {
        try
        {
            LinuxMetadata.GiveToWriters(file, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lock works with the default permissions too.
        }
    }
}
