using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>Tells regular files from others.</summary>
internal static class FileKind
{
    /// <summary>Whether the path leads, links followed, to something other than a regular file: a folder, a device, a pipe, a socket.</summary>
    public static bool IsSpecial(string path) =>
        OperatingSystem.IsLinux() ? LinuxStat.TryRead(path, followLinks: true) is { IsRegular: false } : Directory.Exists(path) || (OperatingSystem.IsWindows() && IsDevice(path));

    // The full path of a device (CON, NUL, COM1; in older versions of Windows in any folder) and of a local pipe begins
    // with \\.\.
    private static bool IsDevice(string path)
    {
        var full = Path.GetFullPath(path);
        return full.StartsWith(@"\\.\", StringComparison.Ordinal) && full is not [_, _, _, _, _, ':', '\\', ..];
    }
}
