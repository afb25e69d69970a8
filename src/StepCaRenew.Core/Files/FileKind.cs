namespace StepCaRenew.Files;

/// <summary>What kind of file a path leads to.</summary>
internal static class FileKind
{
    /// <summary>Whether the path leads, through links, to a regular file.</summary>
    public static bool IsRegular(string path) =>
        !OperatingSystem.IsLinux() || LinuxStat.Of(path, followLinks: true) is { IsRegular: true };
}
