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
