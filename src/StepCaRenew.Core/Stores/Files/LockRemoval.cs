using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.Files;

/// <summary>
/// Removes the lock files of a pair that no schedule renews any more. Only a lock that this process holds is deleted, and
/// every run checks after locking that the file still has its name (<see cref="LockFile"/>), so that no two runs hold a lock.
/// macOS has no such check; the files stay there.
/// </summary>
internal static class LockRemoval
{
    /// <summary>Removes the lock files that no run holds; one that cannot be removed stays and does no harm.</summary>
    public static void Run(PairPaths paths)
    {
        if (OperatingSystem.IsMacOS())
            return;
        using var folders = new OpenFolders();
        foreach (var path in paths.Locks.Append(paths.Acting))
        {
            try
            {
                if (folders.OpenParent(path).Exists(Path.GetFileName(path)))
                    Remove(folders, path);
            }
            catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
            {
                // It is not a lock file, or it belongs to another account.
            }
        }
    }

    private static void Remove(OpenFolders folders, string path)
    {
        // Windows does not delete a file that another process has open, such as a lock that is held.
        using var file = OperatingSystem.IsWindows() ? null : LockFile.TryOpen(folders, path).File;
        if (file is not null || OperatingSystem.IsWindows())
            folders.OpenParent(path).Delete(Path.GetFileName(path));
    }
}
