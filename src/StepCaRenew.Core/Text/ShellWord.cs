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
