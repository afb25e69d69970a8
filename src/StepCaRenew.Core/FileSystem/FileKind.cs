using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>What kind of file a path leads to.</summary>
internal static class FileKind
{
    /// <summary>Whether the path leads, through links, to something that is no regular file: a folder, a device, a pipe, a socket.</summary>
    public static bool IsSpecial(string path) =>
        OperatingSystem.IsLinux() ? LinuxStat.TryRead(path, followLinks: true) is { IsRegular: false } : Directory.Exists(path) || (OperatingSystem.IsWindows() && IsDevice(path));

    // Windows takes CON, NUL or COM1 for a device, in older versions in any folder; its full path is \\.\CON then. A pipe is
    // under \\.\ as well, or under \\server\pipe.
    private static bool IsDevice(string path)
    {
        var full = Path.GetFullPath(path);
        return full.StartsWith(@"\\.\", StringComparison.Ordinal) && full is not [_, _, _, _, _, ':', '\\', ..];
    }
}
