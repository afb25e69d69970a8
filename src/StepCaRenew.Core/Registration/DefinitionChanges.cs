using System.Text.Json;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;

namespace StepCaRenew.Registration;

/// <summary>The changes of a new registration, as parameters of Register-StepRenewalTask.</summary>
/// <param name="Dropped">Values that are no longer registered, likely because a parameter was forgotten.</param>
/// <param name="Changed">Values that are new or different.</param>
internal sealed record DefinitionChanges(IReadOnlyList<string> Dropped, IReadOnlyList<string> Changed)
{
    private const string Account = "runAs";
    private const string Monitor = "healthCheckUriFile";

    // The root is a copy that registration makes, so only its fingerprint matters.
    private static readonly string[] NotShown = ["$schema", "name", "runAsSid", "root"];

    // Of properties whose parameter has another name, or that have no parameter.
    private static readonly Dictionary<string, string> OtherNames = new()
    {
        ["certificate"] = "-CertificatePath",
        ["path"] = "-CertificatePath",
        ["key"] = "-KeyPath",
        ["url"] = "-CaUrl",
        ["fingerprint"] = "the root's fingerprint",
        [Account] = "-UserId",
        ["pwsh"] = "the pwsh of the schedule:",
        ["module"] = "the module of the schedule:",
        [Monitor] = "-HealthCheckUri",
    };

    /// <summary>No changes.</summary>
    public static DefinitionChanges None { get; } = new([], []);

    /// <summary>All changes, for a message.</summary>
    internal IEnumerable<string> All => [.. Dropped.Select(one => $"{one} is dropped"), .. Changed];

    /// <summary>The names of what changes: those of the parameters without their dash.</summary>
    internal IEnumerable<string> Properties => Dropped.Concat(Changed).Select(Property).Distinct();

    /// <summary>Compares two definitions with the same name. Arguments and the URL of the monitor can be secret and are not shown.</summary>
    internal static DefinitionChanges Between(RenewalDefinition before, RenewalDefinition after)
    {
        List<string> dropped = [], changed = [];
        var (old, present) = (Values(before), Values(after));
        foreach (var name in old.Keys.Union(present.Keys))
        {
            var (was, comes) = (old.GetValueOrDefault(name), present.GetValueOrDefault(name));
            // Another name of the same account is not a change.
            if (was == comes || (name == Account && before.RunAsSid is { } sid && sid == after.RunAsSid))
                continue;
            if (comes is null)
                dropped.Add(Parameter(name, was!));
            else
                changed.Add(was is null ? $"{Parameter(name, comes)} is added" : $"{Parameter(name, comes)} instead of {(was.Length > 0 ? was : "none")}");
        }

        dropped.AddRange(before.Publications.Except(after.Publications).Select(publication => publication.Parameters));
        changed.AddRange(after.Publications.Except(before.Publications).Select(publication => $"{publication.Parameters} is added"));
        var (excluded, excludes) = (before.Certificates?.Exclude ?? [], after.Certificates?.Exclude ?? []);
        dropped.AddRange(excluded.Except(excludes).Select(name => $"-Exclude {name}"));
        changed.AddRange(excludes.Except(excluded).Select(name => $"-Exclude {name} is added"));
        foreach (var action in before.Actions.Where(action => after.Actions.All(other => other.Hash != action.Hash)))
            dropped.Add(Describe(action));
        foreach (var action in after.Actions.Where(action => before.Actions.All(other => other.Hash != action.Hash)))
            changed.Add($"{Describe(action)} is added");
        dropped.AddRange(before.OnFailure.Where(notifier => after.OnFailure.All(other => other.Hash != notifier.Hash)).Select(Describe));
        changed.AddRange(after.OnFailure.Where(notifier => before.OnFailure.All(other => other.Hash != notifier.Hash)).Select(notifier => $"{Describe(notifier)} is added"));
        dropped.AddRange(before.ServedBy.Except(after.ServedBy).Select(server => $"-ServedBy {server.Text}"));
        changed.AddRange(after.ServedBy.Except(before.ServedBy).Select(server => $"-ServedBy {server.Text} is added"));
        if (dropped.Count + changed.Count == 0 && !before.Actions.Select(action => action.Hash).SequenceEqual(after.Actions.Select(action => action.Hash)))
            changed.Add("the order of the actions changes");
        return new DefinitionChanges(dropped, changed);
    }

    // Read from the definition's JSON, so that no property is forgotten. A switch, and the secret address of the monitor, has an empty value.
    private static Dictionary<string, string> Values(RenewalDefinition definition)
    {
        using var json = JsonDocument.Parse(DefinitionFormat.Render(definition));
        return json.RootElement.EnumerateObject()
            .SelectMany(property => property.Value.ValueKind == JsonValueKind.Object ? property.Value.EnumerateObject() : Enumerable.Repeat(property, 1))
            .Where(property => !NotShown.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Array)
            .ToDictionary(property => property.Name, property => property.Value.ValueKind == JsonValueKind.String && property.Name != Monitor ? property.Value.GetString()! : string.Empty);
    }

    private static string Property(string change) =>
        change.StartsWith('-') ? change[1..].Split(' ')[0]
        : OtherNames.FirstOrDefault(other => change.StartsWith(other.Value, StringComparison.Ordinal)).Key is { } name ? $"{char.ToUpperInvariant(name[0])}{name[1..]}"
        : "Actions";

    private static string Parameter(string name, string value) => $"{OtherNames.GetValueOrDefault(name) ?? $"-{char.ToUpperInvariant(name[0])}{name[1..]}"} {value}".TrimEnd();

    /// <summary>All follow-ups of a renewal, by the parameters that request them.</summary>
    internal static IReadOnlyList<string> DescribeFollowUps(RenewalDefinition definition) =>
    [
        .. definition.Publications.Select(publication => publication.Parameters), .. definition.Actions.Select(Describe),
        .. definition.ServedBy.Select(server => $"-ServedBy {server.Text}"),
    ];

    /// <summary>An action as parameters, without its arguments, which can be secret.</summary>
    internal static string Describe(ActionDefinition action) => action switch
    {
        CommandAction command => $"-FilePath {command.FilePath}{command.ArgumentList.Count switch { 0 => string.Empty, 1 => " with 1 argument", var count => $" with {count} arguments" }}",
        ScriptAction script => $"-ScriptPath {script.ScriptPath}",
        SignalAction signal => $"-Signal {signal.Signal} -PidFile {signal.PidFile}",
        ServiceAction service => $"{(service.IsReload ? "-ReloadService" : "-RestartService")} {service.Name}",
        _ => action.Description,
    };

    /// <summary>A notifier as a parameter.</summary>
    internal static string Describe(Notifier notifier) => notifier.Action is WebhookAction { UriFile: { } file } ? $"-OnFailure UriFile {file}" : $"-OnFailure {Describe(notifier.Action).TrimStart('-')}";
}
