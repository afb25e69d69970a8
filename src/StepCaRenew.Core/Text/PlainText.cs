using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace StepCaRenew.Text;

/// <summary>Removes or replaces terminal escape sequences and invisible characters in text of other programs and accounts.</summary>
internal static partial class PlainText
{
    private const int LongestExcerpt = 200;

    /// <summary>Removes every escape sequence and every control or format character; tabs and line ends (as LF) stay.</summary>
    public static string Strip(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // Most text is plain already.
        if (IsAscii(text) || !text.EnumerateRunes().Any(one => IsInvisible(one) || one.Value == '\r'))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (var one in Sequence().Replace(text, string.Empty).ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (!IsInvisible(one))
                plain.Append(one);
        }

        return plain.ToString();
    }

    /// <summary>
    /// Text to show that another account may have chosen: a name, a message with a path. Each invisible character is replaced
    /// with U+FFFD, since two names could look the same without it; tabs and line ends stay.
    /// </summary>
    public static string Visible(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Show(text, one => IsHidden(one) && one.Value is not ('\t' or '\n'));
    }

    /// <summary>The same on one line: for a property of a result, or a message.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Line(string? text) =>
        text is null || IsAscii(text) ? text : Show(text.Replace("\r\n", " ", StringComparison.Ordinal).Replace('\n', ' ').Replace('\t', ' '), IsHidden);

    /// <summary>
    /// A path for a result. Every hidden character is replaced, line ends too: if it were removed or became a blank, the text
    /// could be the path of another file, which the next cmdlet of a pipeline would change.
    /// </summary>
    [return: NotNullIfNotNull(nameof(path))]
    public static string? Path(string? path) => path is null ? null : Show(path, IsHidden);

    /// <summary>Text of a server for a message: at most 200 characters on one line, without escape sequences and invisible characters.</summary>
    public static string Excerpt(string text)
    {
        // Shorten it first: an answer may be large, and the patterns are slow.
        var plain = Strip(text.Length > LongestExcerpt * 10 ? text[..(LongestExcerpt * 10)] : text).Replace('\n', ' ').Replace('\t', ' ').Trim();
        return plain.EnumerateRunes().Skip(LongestExcerpt).Any() ? string.Concat(plain.EnumerateRunes().Take(LongestExcerpt)).TrimEnd() + "…" : plain;
    }

    private static string Show(string text, Func<Rune, bool> isHidden)
    {
        if (IsAscii(text) || !text.EnumerateRunes().Any(isHidden))
            return text;
        var shown = new StringBuilder(text.Length);
        foreach (var one in text.EnumerateRunes())
            shown.Append(isHidden(one) ? Rune.ReplacementChar : one);
        return shown.ToString();
    }

    // Visible ASCII on one line, the usual case; the check is vectorised.
    private static bool IsAscii(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    // The two joiners are needed for Persian, Hindi and emoji sequences.
    private static bool IsHidden(Rune one) => one.Value is '\t' or '\n' || (IsInvisible(one) && one.Value is not (0x200C or 0x200D));

    // Format characters can reverse or hide text (Trojan Source, CVE-2021-42574).
    private static bool IsInvisible(Rune one) => one.Value is not ('\t' or '\n') && Rune.GetUnicodeCategory(one)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // ECMA-48: strings (OSC, DCS, SOS, PM, APC) to their terminator or, if it is missing, to the end of the line; control
    // sequences (CSI); all others. Each in its two forms: after ESC, and as one character of C1.
    [GeneratedRegex(@"(?:\e[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\a\e\u009C\r\n]*(?:\a|\e\\|\u009C)?|(?:\e\[|\u009B)[0-?]*[ -/]*[@-~]?|\e[ -/]*[0-~]?")]
    private static partial Regex Sequence();
}
