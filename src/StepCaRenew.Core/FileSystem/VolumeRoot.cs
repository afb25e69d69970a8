using System.Text.RegularExpressions;

namespace StepCaRenew.FileSystem;

/// <summary>The root of a volume or share of Windows. It cannot be deleted or renamed, whatever its access list is.</summary>
internal static partial class VolumeRoot
{
    /// <summary>Whether a path is the root of a volume or share.</summary>
    public static bool Is(string path) => Form().IsMatch(path);

    // C:\, \\server\share, both also with the prefix of long paths; \\?\Volume{...}\.
    [GeneratedRegex("""\A(\\\\[?.]\\)?[A-Za-z]:[\\/]?\z|\A\\\\[?.]\\Volume\{[^\\/]+\}[\\/]?\z|\A(\\\\[?.]\\UNC\\|\\\\(?![?.]\\))[^\\/]+[\\/][^\\/]+[\\/]?\z""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
