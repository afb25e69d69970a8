using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace StepCaRenew.Processes;

/// <summary>Makes text of other programs plain: without terminal escape sequences and without characters that cannot be seen.</summary>
internal static partial class PlainText
{
    /// <summary>Removes every escape sequence and every control or format character; tabs and line ends (as LF) stay.</summary>
    /// <param name="text">What a program wrote, or a server sent.</param>
    public static string Strip(string text)
    {
        // Most text is plain already.
        if (!text.EnumerateRunes().Any(one => IsInvisible(one) || one.Value == '\r'))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (var one in Sequence().Replace(text, string.Empty).ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (!IsInvisible(one))
                plain.Append(one);
        }

        return plain.ToString();
    }

    // Format characters turn the direction of text, or hide it (Trojan Source, CVE-2021-42574).
    private static bool IsInvisible(Rune one) => one.Value is not ('\t' or '\n') && Rune.GetUnicodeCategory(one)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // ECMA-48: strings (OSC, DCS, SOS, PM, APC) to their terminator or, where it is missing, to the end of the line;
    // control sequences (CSI); all others. Each in its two forms: after ESC, and as one character of C1.
    [GeneratedRegex(@"(?:\e[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\a\e\u009C\r\n]*(?:\a|\e\\|\u009C)?|(?:\e\[|\u009B)[0-?]*[ -/]*[@-~]?|\e[ -/]*[0-~]?")]
    private static partial Regex Sequence();
}
