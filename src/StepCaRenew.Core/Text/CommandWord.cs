using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace StepCaRenew.Text;

/// <summary>
/// A value as one word of a command that a message shows. The user may paste it into sh or into PowerShell, so it is quoted
/// such that both read the same word; text of a certificate must not become a command.
/// </summary>
internal static partial class CommandWord
{
    private const string StopParsing = "--%";

    /// <summary>Quotes a value.</summary>
    /// <returns>Null if no form of it is the same word in both shells, or if a terminal would not show all of it.</returns>
    public static string? TryQuote(string value)
    {
        // PowerShell stops parsing at this word, even if it is quoted.
        if (value == StopParsing || value.EnumerateRunes().Any(IsHidden))
            return null;
        if (Bare().IsMatch(value))
            return value;
        if (!AnyQuote().IsMatch(value))
            return $"'{value}'";
        return ExpandedInDoubleQuotes().IsMatch(value) ? null : $"\"{value}\"";
    }

    // Line breaks, escape sequences and characters that change the direction of text.
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned;

    // No characters with a meaning in one of the shells. In PowerShell a comma makes a list, and a word that begins with one
    // hyphen (-a.b, -a:b) is split at its first full stop or colon.
    [GeneratedRegex(@"\A(?!-(?!-))[A-Za-z0-9/._=:-]+\z")]
    private static partial Regex Bare();

    // PowerShell also accepts typographic single quotes.
    [GeneratedRegex("['\u2018\u2019\u201a\u201b]")]
    private static partial Regex AnyQuote();

    // PowerShell also accepts typographic double quotes; an interactive bash expands "!".
    [GeneratedRegex("[$`\\\\!\"\u201c\u201d\u201e]")]
    private static partial Regex ExpandedInDoubleQuotes();
}

/// <summary>A text as one word of a command of sh.</summary>
internal static class ShellWord
{
    /// <summary>The text, in single quotes if it needs them. PowerShell reads the same word, unless it contains a quote.</summary>
    public static string Quote(string text) =>
        text.Length > 0 && text.All(one => char.IsAsciiLetterOrDigit(one) || one is '/' or '-' or '.' or '_' or '=' or ':')
            ? text
            : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
