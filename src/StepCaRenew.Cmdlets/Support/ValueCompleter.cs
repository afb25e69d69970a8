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
