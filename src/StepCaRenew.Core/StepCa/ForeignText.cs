using System.Globalization;

namespace StepCaRenew.StepCa;

/// <summary>
/// Makes what a server sent fit for a message: it must not move a terminal's cursor, turn the direction of writing
/// round, begin a line of its own in a log, or fill the screen.
/// </summary>
internal static class ForeignText
{
    private const int Longest = 200;

    /// <summary>The text in one line, with blanks for what can't be seen, cut short.</summary>
    public static string Clean(string text)
    {
        var clean = new string([.. text.Take(Longest).Select(one => IsHarmless(one) ? one : ' ')]).Trim();
        return text.Length > Longest ? clean + "…" : clean;
    }

    private static bool IsHarmless(char one) => char.GetUnicodeCategory(one) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
