using System.Globalization;
using System.Runtime.Versioning;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>The kernel's list of locks (proc_locks(5)).</summary>
[SupportedOSPlatform("linux")]
internal static class LinuxLocks
{
    private const string List = "/proc/locks";

    /// <summary>The id of the process that holds a flock(2) lock on a file; null if there is none, or if it is in another container.</summary>
    public static int? HolderOf(LinuxStat file)
    {
        var (major, minor, inode) = file.Identity;
        var identity = string.Create(CultureInfo.InvariantCulture, $"{major:x2}:{minor:x2}:{inode}");
        try
        {
            // 1: FLOCK  ADVISORY  WRITE 1234 fe:01:5678 0 EOF
            foreach (var line in File.ReadLines(List))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields is [_, "FLOCK", _, _, var process, var locked, ..] && locked == identity
                    && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0)
                    return id;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The list is hidden here.
        }

        return null;
    }
}
