using System.Text.RegularExpressions;

namespace StepCaRenew.Actions;

/// <summary>What a program said, made fit for a log: no private key, no token, no character that moves a terminal's cursor.</summary>
internal static partial class OutputCleaner
{
    private const int LineLength = 300;

    /// <summary>Cleans a whole output.</summary>
    public static string Clean(string output)
    {
        var text = Key().Replace(output, "(a private key)");
        // The beginning of a key may have been cut off already.
        text = KeyEnd().Replace(text, "(a private key)");
        text = Token().Replace(text, "(a token)");
        text = Base64().Replace(text, "(base64)");
        return Control().Replace(text.ReplaceLineEndings("\n"), "?").TrimEnd();
    }

    /// <summary>The last line that says something, for a message.</summary>
    public static string LastLine(string output)
    {
        var line = Clean(output).Split('\n').LastOrDefault(one => !string.IsNullOrWhiteSpace(one))?.Trim() ?? string.Empty;
        return line.Length > LineLength ? line[..LineLength] + "…" : line;
    }

    [GeneratedRegex(@"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|\z)", RegexOptions.Singleline)]
    private static partial Regex Key();

    [GeneratedRegex(@"\A.*-----END [A-Z0-9 ]*PRIVATE KEY-----", RegexOptions.Singleline)]
    private static partial Regex KeyEnd();

    [GeneratedRegex(@"\beyJ[\w-]*\.[\w-]+(\.[\w-]*)*")]
    private static partial Regex Token();

    // The body of a PEM file without its first and last line may be a key's: lines of 64 characters (76 in MIME), and a
    // shorter one at the end. 64 hexadecimal digits are a fingerprint.
    [GeneratedRegex(@"^[ \t]*(?![0-9A-Fa-f]{64}[ \t]*\r?$)[A-Za-z0-9+/]{64}([A-Za-z0-9+/]{12})?[ \t]*\r?$(\n[ \t]*[A-Za-z0-9+/]{1,76}={0,2}[ \t]*\r?$)*", RegexOptions.Multiline)]
    private static partial Regex Base64();

    [GeneratedRegex(@"[\u0000-\u0008\u000B-\u001F\u007F-\u009F]")]
    private static partial Regex Control();
}
