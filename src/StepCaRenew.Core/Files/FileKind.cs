namespace StepCaRenew.Files;

/// <summary>What kind of file a path leads to.</summary>
internal static class FileKind
{
    /// <summary>Whether the path leads, through links, to something that is no regular file: a folder, a device, a pipe, a socket.</summary>
    public static bool IsSpecial(string path) =>
        OperatingSystem.IsLinux() ? LinuxStat.Of(path, followLinks: true) is { IsRegular: false } : Directory.Exists(path);
}
