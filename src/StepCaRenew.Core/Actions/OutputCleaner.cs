using System.Text.RegularExpressions;
using StepCaRenew.Processes;

namespace StepCaRenew.Actions;

/// <summary>Makes a program's output fit for a log: no secret of a known form, no escape sequence, no control character.</summary>
internal static partial class OutputCleaner
{
    private const int LineLength = 300;

    /// <summary>Cleans a whole output.</summary>
    public static string Clean(string output)
    {
        // Escape sequences first: within a key or a token they would hide it from the patterns.
        var text = SecretText.Mask(PlainText.Strip(output));
        return Base64().Replace(text, "(base64)").TrimEnd();
    }

    /// <summary>The last line with text in it, for a message.</summary>
    public static string LastLine(string output)
    {
        // PowerShell draws a margin of bars before the text of an error.
        var line = Clean(output).Split('\n').Select(one => Margin().Replace(one, string.Empty).Trim()).LastOrDefault(one => one.Length > 0) ?? string.Empty;
        return line.Length > LineLength ? line[..LineLength] + "…" : line;
    }

    // The body of a PEM file without its first and last line may be a key's: lines of 64 characters (76 in MIME), and a
    // shorter one at the end. 64 hexadecimal digits are a fingerprint.
    [GeneratedRegex(@"^[ \t]*(?![0-9A-Fa-f]{64}[ \t]*$)[A-Za-z0-9+/]{64}([A-Za-z0-9+/]{12})?[ \t]*$(\n[ \t]*[A-Za-z0-9+/]{1,76}={0,2}[ \t]*$)*", RegexOptions.Multiline)]
    private static partial Regex Base64();

    [GeneratedRegex(@"^\s+\|\s")]
    private static partial Regex Margin();
}
