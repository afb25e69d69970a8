using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Completes paths as PowerShell does, without the lock files and staged files next to certificates.</summary>
public sealed class CertificateFileCompleter : IArgumentCompleter
{
    private const string OwnFile = ".stepcarenew-";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = wordToComplete ?? string.Empty;
        var all = CompletionCompleters.CompleteFilename(word).ToList();
        var shown = all.FindAll(one => !IsOwnFile(one.ListItemText));
        // If the list is empty, PowerShell completes by itself and would offer the files that were left out.
        if (shown.Count == 0 && all.Count > 0)
            return [new CompletionResult(word)];
        return parameterName == "Path" ? shown : shown.ConvertAll(Literal);
    }

    private static bool IsOwnFile(string name) => name.StartsWith('.') && name.Contains(OwnFile, StringComparison.Ordinal);

    // Names come escaped for a pattern; a parameter without patterns would take the backticks as part of the name.
    private static CompletionResult Literal(CompletionResult result) =>
        result.CompletionText.StartsWith('\'') && result.CompletionText.Contains('`', StringComparison.Ordinal)
            ? new CompletionResult(WildcardPattern.Unescape(result.CompletionText), result.ListItemText, result.ResultType, result.ToolTip)
            : result;
}
