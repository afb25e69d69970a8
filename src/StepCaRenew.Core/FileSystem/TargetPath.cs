using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>The file that a path leads to in the end, as it will be replaced: a link stays, its target changes.</summary>
internal static class TargetPath
{
    /// <summary>Follows links; whether a file lies at the end is another question.</summary>
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

    /// <summary>Demands that the end of the links is a file that can be replaced by renaming.</summary>
    /// <exception cref="RenewalException">There is no file, or it is a mount point of its own.</exception>
    public static void RequireReplaceable(string target)
    {
        if (!File.Exists(target))
            throw Broken(target, null);
        if (OperatingSystem.IsLinux() && LinuxStat.TryRead(target, followLinks: false) is { IsMountPoint: true })
            throw MountPoint(target);
    }

    internal static RenewalException MountPoint(string path) => new(
        ErrorId.TargetIsMountPoint,
        $"'{path}' is a mount point of its own (a container's single-file bind mount), which can't be replaced by renaming.",
        "Mount the folder of the certificate instead of the single file.");

    internal static RenewalException Broken(string path, Exception? e) => new(
        ErrorId.LinkBroken, $"'{path}' is a link that leads nowhere or in a circle, or its target has gone.", "Mend the link, or name the file itself.", e);
}
