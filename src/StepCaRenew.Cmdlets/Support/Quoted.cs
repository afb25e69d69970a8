using System.Management.Automation.Language;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Writes values for a command line of PowerShell.</summary>
internal static class Quoted
{
    private static readonly char[] Plain = ['-', '_', '.', '/', ':', '\\', '*', '?'];

    /// <summary>The value, in single quotes if it needs them.</summary>
    public static string For(string value) =>
        value.Length > 0 && value[0] is not '-' && value.All(character => char.IsAsciiLetterOrDigit(character) || Plain.Contains(character))
            ? value
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";
}
