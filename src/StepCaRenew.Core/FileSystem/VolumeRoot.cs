using System.Text.RegularExpressions;

namespace StepCaRenew.FileSystem;

/// <summary>The root of a volume or share of Windows: it can be neither deleted nor renamed, whatever its access list says.</summary>
internal static partial class VolumeRoot
{
    /// <summary>Whether a path is one.</summary>
    public static bool Is(string path) => Form().IsMatch(path);

    // C:\, \\server\share, and both behind the prefix of long paths; \\?\Volume{...}\.
    [GeneratedRegex("""\A(\\\\[?.]\\)?[A-Za-z]:[\\/]?\z|\A\\\\[?.]\\Volume\{[^\\/]+\}[\\/]?\z|\A(\\\\[?.]\\UNC\\|\\\\(?![?.]\\))[^\\/]+[\\/][^\\/]+[\\/]?\z""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
