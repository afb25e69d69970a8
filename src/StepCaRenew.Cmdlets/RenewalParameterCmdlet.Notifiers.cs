using System.Collections;
using System.Management.Automation;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Text;

namespace StepCaRenew.Cmdlets;

/// <summary>The notifiers that report a failure: hashtables with the names of the parameters of actions as keys.</summary>
public abstract partial class RenewalParameterCmdlet
{
    private const string UriKey = "Uri";
    private const string UriFileKey = "UriFile";
    private const string ScriptBlockKey = "ScriptBlock";
    private static readonly string[] Kinds = [nameof(FilePath), nameof(ScriptPath), UriKey, UriFileKey, ScriptBlockKey];

    /// <summary>The notifiers that report a failure: @{ FilePath = ...; ArgumentList = ... }, @{ ScriptPath = ... }, @{ Uri = ... } or @{ UriFile = ... }.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NotifierCompleter))]
    public Hashtable[] OnFailure { get; set; } = [];

    /// <summary>Runs a script block of the session; null if the cmdlet cannot.</summary>
    private protected virtual IScriptBlockRunner? RunnerOf(ScriptBlock script) => null;

    /// <summary>The notifiers of -OnFailure, in their order.</summary>
    /// <exception cref="RenewalException">A hashtable is not a notifier; the message shows no value.</exception>
    private protected IReadOnlyList<Notifier> ReadNotifiers() => [.. OnFailure.Select(ReadNotifier)];

    private Notifier ReadNotifier(Hashtable given)
    {
        // A hashtable that does not come from @{ } can distinguish upper and lower case.
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in given)
            values[entry.Key.ToString() ?? string.Empty] = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
        if (values.Keys.FirstOrDefault(key => !Kinds.Append(nameof(ArgumentList)).Contains(key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw InvalidNotifier($"has the unknown key '{PlainText.Line(unknown)}'");
        if (values.Keys.Where(key => Kinds.Contains(key, StringComparer.OrdinalIgnoreCase)).ToList() is not [var kind])
            throw InvalidNotifier($"needs exactly one of the keys {string.Join(", ", Kinds)}");
        if (values.ContainsKey(nameof(ArgumentList)) && !kind.Equals(nameof(FilePath), StringComparison.OrdinalIgnoreCase))
            throw InvalidNotifier("has ArgumentList without FilePath");
        return new Notifier(ReadAction(kind, values));
    }

    private ActionDefinition ReadAction(string kind, Dictionary<string, object?> values)
    {
        if (kind.Equals(ScriptBlockKey, StringComparison.OrdinalIgnoreCase))
        {
            var script = values[kind] as ScriptBlock ?? throw InvalidNotifier("has a ScriptBlock that is not a script block");
            return new ScriptBlockAction(script.ToString(), RunnerOf(script) ?? throw InvalidNotifier("has a ScriptBlock, which exists only in this session, but a registered renewal runs in another one", "Use ScriptPath with a script file."));
        }

        var text = (values[kind] as Uri)?.OriginalString ?? values[kind] as string ?? (values[kind] as FileSystemInfo)?.FullName;
        if (string.IsNullOrWhiteSpace(text))
            throw InvalidNotifier($"has the key {kind} without a text");
        return kind.ToUpperInvariant() switch
        {
            "FILEPATH" => ReadProgram(text, ReadArguments(values.GetValueOrDefault(nameof(ArgumentList)))),
            "SCRIPTPATH" => new ScriptAction(FullPath(text)),
            "URI" => WebhookAction.ToAddress(text),
            _ => WebhookAction.ToAddressIn(FullPath(text)),
        };
    }

    private static IReadOnlyList<string> ReadArguments(object? value) =>
        value is null ? [] : LanguagePrimitives.TryConvertTo<string[]>(value, out var arguments) ? [.. arguments.Select(argument => argument ?? string.Empty)] : throw InvalidNotifier("has an ArgumentList that is not a list of texts");

    private static RenewalException InvalidNotifier(string problem, string? remedy = null) => new(
        ErrorId.ActionInvalid, $"A hashtable of -OnFailure {problem}.",
        remedy ?? "Write one of @{ FilePath = 'program'; ArgumentList = 'argument', 'argument' }, @{ ScriptPath = 'script.ps1' }, @{ Uri = 'https://...' } and @{ UriFile = 'file' }.");
}
