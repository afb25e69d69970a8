using StepCaRenew.Processes;

namespace StepCaRenew.StepCa;

/// <summary>Text that a stranger sent, made fit for a message: it must not move a terminal's cursor, turn its text around or fill the screen.</summary>
internal static class ForeignText
{
    private const int Longest = 200;

    /// <summary>At most 200 characters on one line, without escape sequences and without characters that cannot be seen.</summary>
    public static string Clean(string text)
    {
        // Cut before the patterns run: an answer may hold megabytes.
        var plain = PlainText.Strip(text.Length > Longest * 10 ? text[..(Longest * 10)] : text).Replace('\n', ' ').Replace('\t', ' ').Trim();
        return plain.EnumerateRunes().Skip(Longest).Any() ? string.Concat(plain.EnumerateRunes().Take(Longest)).TrimEnd() + "…" : plain;
    }
}
