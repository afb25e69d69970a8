namespace StepCaRenew.Text;

/// <summary>A text as one word of a command of sh.</summary>
internal static class ShellWord
{
    /// <summary>The text, in single quotes if it needs them. PowerShell reads the same word, unless it contains a quote.</summary>
    public static string Quote(string text) =>
        text.Length > 0 && text.All(one => char.IsAsciiLetterOrDigit(one) || one is '/' or '-' or '.' or '_' or '=' or ':')
            ? text
            : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}

/// <summary>A text as a value in a command of PowerShell.</summary>
internal static class PowerShellWord
{
    // PowerShell ends a text at each of these, and reads two of them as the second one.
    private const string SingleQuotes = "'\u2018\u2019\u201a\u201b";

    // PowerShell stops reading parameters at this word, even if it is quoted; not in an expression.
    private const string StopParsing = "--%";

    /// <summary>The text in single quotes: nothing in it has a meaning.</summary>
    public static string Quote(string text) => text == StopParsing ? $"('{text}')" : $"'{string.Concat(text.Select(one => SingleQuotes.Contains(one, StringComparison.Ordinal) ? $"{one}{one}" : $"{one}"))}'";
}
