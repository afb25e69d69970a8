using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// Removes the lock files of a pair that no schedule renews any more. Only a lock that is held here is unlinked, and every run
/// that opened the file before looks again, after it has locked it, whether the file is still under its name
/// (<see cref="LockFile"/>): so no two runs can hold two locks. Without that look (macOS) the files stay.
/// </summary>
internal static class LockRemoval
{
    /// <summary>Removes what no run holds; a file that cannot be removed stays, and does no harm.</summary>
    public static void Run(PairPaths paths)
    {
        if (OperatingSystem.IsMacOS())
            return;
        using var folders = new OpenFolders();
        foreach (var path in new[] { paths.Lock, paths.Acting })
        {
            try
            {
                if (folders.OpenParent(path).Exists(Path.GetFileName(path)))
                    Remove(folders, path);
            }
            catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
            {
                // Something else is under that name, or another user made it.
            }
        }
    }

    private static void Remove(OpenFolders folders, string path)
    {
        // Windows deletes no file that another process has open, and so no lock that is held.
        using var file = OperatingSystem.IsWindows() ? null : LockFile.TryOpen(folders, path).File;
        if (file is not null || OperatingSystem.IsWindows())
            folders.OpenParent(path).Delete(Path.GetFileName(path));
    }
}
