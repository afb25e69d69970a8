using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>The file at the end of a path's links, which is the one that is replaced; the links stay.</summary>
internal static class TargetPath
{
    /// <summary>Follows links; the file at their end need not exist.</summary>
    /// <exception cref="RenewalException">The links go in a circle.</exception>
    public static string Follow(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return OperatingSystem.IsWindows() ? WindowsLinks.OnDisk.Follow(full) : RealPath.Follow(full);
        }
        catch (IOException e)
        {
            throw Broken(path, e);
        }
    }

    /// <summary>Requires a file that can be replaced by renaming.</summary>
    /// <exception cref="RenewalException">There is no file, or it is a mount point.</exception>
    public static void RequireReplaceable(string target)
    {
        if (!File.Exists(target))
            throw Broken(target, null);
        if (OperatingSystem.IsLinux() && LinuxStat.TryRead(target, followLinks: false) is { IsMountPoint: true })
            throw MountPoint(target);
    }

    internal static RenewalException MountPoint(string path) => new(
        ErrorId.TargetIsMountPoint,
        $"'{path}' is a mount point (a container's bind mount of a single file), so it cannot be replaced by renaming.",
        "Mount the folder of the file instead of the file.");

    internal static RenewalException Broken(string path, Exception? e) => new(
        ErrorId.LinkBroken, $"'{path}' is a broken link: its target does not exist, or its links form a circle.", "Fix the link, or name the file itself.", e);
}
