using StepCaRenew.Text;

namespace StepCaRenew.Ca;

/// <summary>Cleans text from a server for messages: no escape sequences, no reversed text, no more than 200 characters.</summary>
internal static class ForeignText
{
    private const int Longest = 200;

    /// <summary>At most 200 characters on one line, without escape sequences and without characters that cannot be seen.</summary>
    public static string Clean(string text)
    {
        // Shorten it first: an answer may be large, and the patterns are slow.
        var plain = PlainText.Strip(text.Length > Longest * 10 ? text[..(Longest * 10)] : text).Replace('\n', ' ').Replace('\t', ' ').Trim();
        return plain.EnumerateRunes().Skip(Longest).Any() ? string.Concat(plain.EnumerateRunes().Take(Longest)).TrimEnd() + "…" : plain;
    }
}
