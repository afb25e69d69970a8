using System.Globalization;
using System.Text;

namespace StepCaRenew.StepCa;

/// <summary>Text that a stranger sent, made fit for a message: it must not move a terminal's cursor, turn its text around or fill the screen.</summary>
internal static class ForeignText
{
    private const int Longest = 200;

    /// <summary>At most 200 characters, without any that can't be seen.</summary>
    public static string Clean(string text)
    {
        var clean = string.Concat(text.EnumerateRunes().Take(Longest).Select(one => IsInvisible(one) ? " " : one.ToString())).Trim();
        return text.EnumerateRunes().Skip(Longest).Any() ? clean + "…" : clean;
    }

    private static bool IsInvisible(Rune one) => Rune.GetUnicodeCategory(one)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
