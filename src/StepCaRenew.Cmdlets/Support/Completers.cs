using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Completion;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Completes a parameter from a list of values.</summary>
public abstract class ValueCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var start = (wordToComplete ?? string.Empty).Trim('\'', '"');
        return
        [
            .. Values(fakeBoundParameters)
                .Where(value => value.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                .Select(value => new CompletionResult(Quoted.For(value), value, CompletionResultType.ParameterValue, value)),
        ];
    }

    /// <summary>The values in their order.</summary>
    /// <param name="parameters">The other parameters of the command line.</param>
    protected abstract IEnumerable<string> Values(IDictionary? parameters);
}

/// <summary>Completes the services of this machine.</summary>
public sealed class ServiceCompleter : ValueCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Values(IDictionary? parameters) => KnownServices.Names(TimeProvider.System);
}

/// <summary>Completes the forms of a notifier: hashtables, which are not quoted.</summary>
public sealed class NotifierCompleter : IArgumentCompleter
{
    private static readonly string[] Forms = ["@{ FilePath = ''; ArgumentList = '' }", "@{ ScriptPath = '' }", "@{ Uri = 'https://' }", "@{ UriFile = '' }"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        [.. Forms.Where(form => form.StartsWith(wordToComplete ?? string.Empty, StringComparison.OrdinalIgnoreCase)).Select(form => new CompletionResult(form, form, CompletionResultType.ParameterValue, form))];
}

/// <summary>Completes the signals of Unix.</summary>
public sealed class SignalCompleter : ValueCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Values(IDictionary? parameters) => KnownNames.Signals;
}

/// <summary>Completes the intervals of a schedule.</summary>
public sealed class IntervalCompleter : ValueCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Values(IDictionary? parameters) => KnownNames.Intervals;
}

/// <summary>Completes the accounts that a schedule can run as.</summary>
public sealed class AccountCompleter : ValueCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Values(IDictionary? parameters) => KnownNames.Accounts();
}

/// <summary>Completes the contexts of step, from the folder of -StepPath if it is given.</summary>
public sealed class ContextCompleter : ValueCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Values(IDictionary? parameters) =>
        KnownNames.Contexts(parameters?["StepPath"] is string path ? FullPath(path) : null, CaSettingsResolver.FromProcess);

    // While a completion runs, only a command can read the current location of the session.
    private static string FullPath(string path)
    {
        if (Path.IsPathFullyQualified(path))
            return path;
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var here = shell.AddCommand(@"Microsoft.PowerShell.Management\Get-Location").AddParameter("PSProvider", "FileSystem").Invoke<PathInfo>();
        return here.Count > 0 ? Path.GetFullPath(path, here[0].ProviderPath) : path;
    }
}

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
