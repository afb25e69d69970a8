using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace StepCaRenew.Text;

/// <summary>
/// A value as one word of a command that a user is to run: quoted so that sh and PowerShell both read the same word,
/// since nobody knows into which of them a message is pasted, and text of a certificate must not become a command.
/// </summary>
internal static partial class CommandWord
{
    private const string StopParsing = "--%";

    /// <summary>Quotes a value.</summary>
    /// <returns>Null if the two shells read no form of it alike, or if a terminal would not show it as it is.</returns>
    public static string? TryQuote(string value)
    {
        // PowerShell takes even the quoted word for its own sign to stop parsing.
        if (value == StopParsing || value.EnumerateRunes().Any(IsHidden))
            return null;
        if (Bare().IsMatch(value))
            return value;
        if (!AnyQuote().IsMatch(value))
            return $"'{value}'";
        return ExpandedInDoubleQuotes().IsMatch(value) ? null : $"\"{value}\"";
    }

    // Line breaks and escape sequences, and what changes the direction of the text around it.
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned;

    // Without the signs that one of the shells gives a meaning; a comma makes a list in PowerShell, which also parts a word
    // that begins with one hyphen, as in -a.b, before its first full stop and after its first colon.
    [GeneratedRegex(@"\A(?!-(?!-))[A-Za-z0-9/._=:-]+\z")]
    private static partial Regex Bare();

    // PowerShell takes the typographic ones for single quotes as well.
    [GeneratedRegex("['\u2018\u2019\u201a\u201b]")]
    private static partial Regex AnyQuote();

    // PowerShell takes the typographic ones for double quotes as well; an interactive bash expands "!".
    [GeneratedRegex("[$`\\\\!\"\u201c\u201d\u201e]")]
    private static partial Regex ExpandedInDoubleQuotes();
}
