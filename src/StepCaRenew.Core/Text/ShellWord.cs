using System.Text.RegularExpressions;

namespace StepCaRenew.Text;

/// <summary>A path as one word of a command.</summary>
internal static partial class ShellWord
{
    /// <summary>Bare, or in single quotes, which sh and PowerShell take alike; with a quote inside, as sh takes it.</summary>
    public static string Quote(string path) => Bare().IsMatch(path) ? path : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\A[\w/.+=:-]+\z")]
    private static partial Regex Bare();
}
