using System.Text.RegularExpressions;
using StepCaRenew.Text;

namespace StepCaRenew.Processes;

/// <summary>Cleans a program's output for a log: removes secrets of known forms, escape sequences and control characters.</summary>
internal static partial class OutputCleaner
{
    private const int LineLength = 300;

    /// <summary>Cleans a whole output.</summary>
    public static string Clean(string output)
    {
        // Escape sequences first: inside a key or a token they would hide it from the patterns.
        var text = SecretText.Mask(PlainText.Strip(output));
        return Base64().Replace(text, "(base64)").TrimEnd();
    }

    /// <summary>The last line that is not empty, for a message.</summary>
    public static string LastLine(string output)
    {
        // PowerShell draws a margin of bars before the text of an error.
        var line = Clean(output).Split('\n').Select(one => Margin().Replace(one, string.Empty).Trim()).LastOrDefault(one => one.Length > 0) ?? string.Empty;
        return line.Length > LineLength ? line[..LineLength] + "…" : line;
    }

    // The body of a PEM file without its first and last line: lines of 64 characters (76 in MIME), then a shorter one. 64
    // hexadecimal digits are a fingerprint and are kept.
    [GeneratedRegex(@"^[ \t]*(?![0-9A-Fa-f]{64}[ \t]*$)[A-Za-z0-9+/]{64}([A-Za-z0-9+/]{12})?[ \t]*$(\n[ \t]*[A-Za-z0-9+/]{1,76}={0,2}[ \t]*$)*", RegexOptions.Multiline)]
    private static partial Regex Base64();

    [GeneratedRegex(@"^\s+\|\s")]
    private static partial Regex Margin();
}
