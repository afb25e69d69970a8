using System.Text.RegularExpressions;

namespace StepCaRenew.FileSystem;

/// <summary>Compares paths as the platform does: on Windows case and the kind of slash do not matter.</summary>
internal static class PathNames
{
    private const string Prefix = @"\\?\";
    private const string SharePrefix = @"\\?\UNC\";

    /// <summary>Whether two full paths are the same text to the platform; links are not followed.</summary>
    public static bool AreSame(string one, string other) => OperatingSystem.IsWindows() ? AreSameOnWindows(one, other) : one == other;

    /// <summary>The same by the rules of Windows, on any platform.</summary>
    public static bool AreSameOnWindows(string one, string other) => Plain(one).Equals(Plain(other), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string path)
    {
        var text = path.Replace('/', '\\');
        if (text.StartsWith(SharePrefix, StringComparison.OrdinalIgnoreCase))
            return @"\\" + text[SharePrefix.Length..];
        return text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
    }
}

/// <summary>Paths for calls of Windows that take more than 260 characters only with the prefix <c>\\?\</c>; .NET adds it by itself.</summary>
internal static class LongPath
{
    // The limit for a folder, 12 below that of a file. A shorter path works with the prefix as well.
    private const int LongestPlain = 247;

    /// <summary>The path, with the prefix if it needs one.</summary>
    /// <param name="path">A full path without slashes.</param>
    public static string WithPrefix(string path)
    {
        // Without the prefix Windows removes a blank or a dot from the end of a name.
        if (path.Length <= LongestPlain && path is not [.., ' ' or '.'])
            return path;
        if (path.StartsWith(@"\\?\", StringComparison.Ordinal) || path.StartsWith(@"\\.\", StringComparison.Ordinal))
            return path;
        return path.StartsWith(@"\\", StringComparison.Ordinal) ? @"\\?\UNC\" + path[2..] : @"\\?\" + path;
    }
}

/// <summary>The root of a volume or share of Windows. It cannot be deleted or renamed, whatever its access list is.</summary>
internal static partial class VolumeRoot
{
    /// <summary>Whether a path is the root of a volume or share.</summary>
    public static bool Is(string path) => Form().IsMatch(path);

    // C:\, \\server\share, both also with the prefix of long paths; \\?\Volume{...}\.
    [GeneratedRegex("""\A(\\\\[?.]\\)?[A-Za-z]:[\\/]?\z|\A\\\\[?.]\\Volume\{[^\\/]+\}[\\/]?\z|\A(\\\\[?.]\\UNC\\|\\\\(?![?.]\\))[^\\/]+[\\/][^\\/]+[\\/]?\z""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
