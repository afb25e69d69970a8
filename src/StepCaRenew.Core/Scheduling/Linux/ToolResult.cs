using System.Text;
using StepCaRenew.Processes;

namespace StepCaRenew.Scheduling.Linux;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its whole standard output.</param>
/// <param name="Errors">The end of its standard error.</param>
internal sealed record ToolResult(int ExitCode, byte[] Output, string Errors)
{
    /// <summary>The output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>The last line of its output, for a message.</summary>
    public string LastWords => OutputCleaner.LastLine(Errors) is { Length: > 0 } said ? said : OutputCleaner.LastLine(Text);
}
