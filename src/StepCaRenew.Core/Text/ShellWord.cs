using System.Text.RegularExpressions;

namespace StepCaRenew.Text;

/// <summary>A path as one word of a command of sh.</summary>
internal static partial class ShellWord
{
    /// <summary>The path, in single quotes if it needs them. PowerShell reads the same word, unless it contains a quote.</summary>
    public static string Quote(string path) => Bare().IsMatch(path) ? path : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\A[\w/.+=:-]+\z")]
    private static partial Regex Bare();
}
