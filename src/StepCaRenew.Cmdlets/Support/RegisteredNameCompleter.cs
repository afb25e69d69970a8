using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using StepCaRenew.Registration;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Finds registered renewals by the names and patterns of a parameter, and completes them.</summary>
public sealed class RegisteredNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = Pattern((wordToComplete ?? string.Empty).Trim('\'', '"') + "*");
        try
        {
            return [.. RegisteredNames.Find(pattern.IsMatch).Select(one => one.Name).Distinct(RenewalName.Comparer).Select(name => new CompletionResult(name))];
        }
        catch (RenewalException)
        {
            // Completion has no place for an error.
            return [];
        }
    }

    /// <summary>The renewals that names and patterns mean; all if none is given.</summary>
    /// <param name="names">Names and patterns; null for all.</param>
    /// <returns>Each with its store; null for a name that is not registered.</returns>
    /// <exception cref="RenewalException">No renewal is registered, or a folder cannot be read.</exception>
    internal static IReadOnlyList<(DefinitionStore? Store, string Name)> Resolve(IReadOnlyCollection<string>? names)
    {
        if (names is null)
        {
            var all = RegisteredNames.Find(_ => true);
            return all.Count > 0 ? [.. all.Select(one => ((DefinitionStore?)one.Store, one.Name))] : throw new RenewalException(
                ErrorId.NothingRegistered, "No path was given, and no renewal is registered.", "Name the certificate: Invoke-StepRenewal <path>; or register it: Register-StepRenewalTask.");
        }

        var found = new List<(DefinitionStore? Store, string Name)>();
        foreach (var name in names)
        {
            var matching = RegisteredNames.Find(Pattern(name).IsMatch);
            // As with Get-Process, a pattern may match nothing; a name must exist.
            if (matching.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                found.Add((null, name));
            found.AddRange(matching.Select(one => ((DefinitionStore?)one.Store, one.Name)));
        }

        // Each once; if both scopes have the name, the nearer one counts.
        return [.. found.DistinctBy(one => one.Name, RenewalName.Comparer)];
    }

    /// <summary>The renewals of objects from Get-StepRenewalTask.</summary>
    /// <returns>Each with its store; null for one that is not registered any more.</returns>
    /// <exception cref="RenewalException">A folder cannot be read.</exception>
    internal static IReadOnlyList<(DefinitionStore? Store, string Name)> Resolve(IEnumerable<PSObject> tasks) => [.. tasks.Select(FindTask).Distinct()];

    /// <summary>Requires that a renewal is registered.</summary>
    /// <exception cref="RenewalException">It is not registered (<see cref="ErrorId.NotRegistered"/>).</exception>
    internal static DefinitionStore Require(DefinitionStore? store, string name) => store ?? throw RegisteredNames.NotRegistered(name);

    // Both scopes can have the name; the object says which definition it is.
    private static (DefinitionStore? Store, string Name) FindTask(PSObject task)
    {
        var (name, definition) = (task.Properties["Name"].Value.ToString()!, task.Properties["DefinitionPath"]?.Value?.ToString());
        foreach (var (store, known) in RegisteredNames.Find(one => RenewalName.Comparer.Equals(one, name)))
        {
            if (definition is null || store.Folders.DefinitionFile(known) == definition)
                return (store, known);
        }

        return (null, name);
    }

    private static WildcardPattern Pattern(string text) => new(text, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
}

/// <summary>Recognizes the name of a registered renewal that was given as a path.</summary>
internal static class RegisteredHints
{
    /// <summary>The remedy that names -Name.</summary>
    /// <param name="given">The path as it was given.</param>
    /// <returns>Null if no registered renewal has the name.</returns>
    public static string? For(string given)
    {
        try
        {
            var pattern = new WildcardPattern(given, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            var found = RegisteredNames.Find(name => pattern.IsMatch(name) || RenewalName.Comparer.Equals(name, given));
            return found.Count == 0 ? null
                : $"{(found.Count == 1 ? $"'{found[0].Name}' is a registered renewal" : $"{found.Count} registered renewals match '{given}'")}. To run it, write: Invoke-StepRenewal -Name {Quoted.For(given)}. To renew a file, check the path.";
        }
        // The hint is optional; the error that it belongs to is reported anyway.
        catch (Exception e) when (e is RenewalException or WildcardPatternException)
        {
            return null;
        }
    }
}

/// <summary>
/// Lets a parameter take objects of Get-StepRenewalTask only, including those from another session or a file. The type
/// decides, so that the Name of any other object is not taken for the name of a renewal.
/// </summary>
/// <remarks>PSTypeName alone would not take deserialised ones: the names of their types begin with <c>Deserialized.</c>.</remarks>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class RenewalTaskAttribute : ArgumentTransformationAttribute
{
    /// <summary>The name of the type by which the parameter binds.</summary>
    public const string TypeName = "StepCaRenew.RenewalTask";

    private static readonly HashSet<string> Known = new([TypeName, $"Deserialized.{TypeName}"], StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var tasks = LanguagePrimitives.GetEnumerable(inputData) is { } several ? several.Cast<object?>().ToList() : [inputData];
        return tasks.Count > 0 && tasks.TrueForAll(IsTask) ? tasks.Select(task => Named(PSObject.AsPSObject(task))).ToArray() : throw Mismatch();
    }

    private static bool IsTask(object? task) =>
        task is not null && PSObject.AsPSObject(task) is var shown && shown.TypeNames.Any(Known.Contains) && shown.Properties["Name"]?.Value?.ToString() is { Length: > 0 };

    private static PSObject Named(PSObject task)
    {
        if (!task.TypeNames.Contains(TypeName))
            task.TypeNames.Add(TypeName);
        return task;
    }

    // With this inner exception, PowerShell then tries the other parameters that take pipeline input.
    private static ArgumentTransformationMetadataException Mismatch()
    {
        const string message = "The object does not come from Get-StepRenewalTask.";
        return new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message));
    }
}
