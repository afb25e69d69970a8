namespace StepCaRenew.Files;

/// <summary>The file that a path leads to in the end, as it will be replaced: a link stays, its target changes.</summary>
internal static class TargetPath
{
    /// <summary>Follows links to the regular file that is to be replaced.</summary>
    /// <exception cref="RenewalException">The link leads nowhere or in a circle, or the file is a mount point of its own.</exception>
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        string target;
        try
        {
            target = OperatingSystem.IsWindows() ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : RealPath.Of(full);
        }
        catch (IOException e)
        {
            throw Broken(path, e);
        }

        if (!File.Exists(target))
            throw Broken(path, null);
        if (OperatingSystem.IsLinux() && LinuxStat.Of(target, followLinks: false) is { IsMountPoint: true })
            throw MountPoint(target);
        return target;
    }

    internal static RenewalException MountPoint(string path) => new(
        ErrorId.TargetIsMountPoint,
        $"'{path}' is a mount point of its own (a container's single-file bind mount), which can't be replaced by renaming.",
        "Mount the folder of the certificate instead of the single file.");

    private static RenewalException Broken(string path, Exception? e) => new(
        ErrorId.LinkBroken, $"'{path}' is a link that leads nowhere or in a circle, or its target has gone.", "Mend the link, or name the file itself.", e);
}
