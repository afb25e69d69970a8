using System.Text;
using StepCaRenew.Actions;

namespace StepCaRenew.Scheduling.Linux;

/// <summary>What a program left behind.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">All that it put out.</param>
/// <param name="Errors">The end of what it said of errors.</param>
internal sealed record ToolResult(int ExitCode, byte[] Output, string Errors)
{
    /// <summary>The output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>What it said last, for a message.</summary>
    public string LastWords => OutputCleaner.LastLine(Errors) is { Length: > 0 } said ? said : OutputCleaner.LastLine(Text);
}
