using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Policy;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>The changes of a new registration, as parameters of Register-StepRenewalTask.</summary>
/// <param name="Dropped">Values that are no longer registered, likely because a parameter was forgotten.</param>
/// <param name="Changed">Values that are new or different.</param>
internal sealed record DefinitionChanges(IReadOnlyList<string> Dropped, IReadOnlyList<string> Changed)
{
    private const string UserId = "UserId";

    /// <summary>No changes.</summary>
    public static DefinitionChanges None { get; } = new([], []);

    /// <summary>All changes, for a message.</summary>
    internal IEnumerable<string> All => [.. Dropped.Select(one => $"{one} is dropped"), .. Changed];

    /// <summary>Compares two definitions with the same name. Arguments and the URL of the monitor can be secret and are not shown.</summary>
    internal static DefinitionChanges Between(RenewalDefinition before, RenewalDefinition after)
    {
        List<string> dropped = [], changed = [];
        var (old, present) = (Values(before), Values(after));
        foreach (var name in old.Keys.Union(present.Keys))
        {
            var (was, comes) = (old.GetValueOrDefault(name), present.GetValueOrDefault(name));
            // Another name of the same account is not a change.
            if (was == comes || (name == UserId && before.RunAsSid is { } sid && sid == after.RunAsSid))
                continue;
            if (comes is null)
                dropped.Add(Parameter(name, was!));
            else
                changed.Add(was is null ? $"{Parameter(name, comes)} is added" : $"{Parameter(name, comes)} instead of {(was.Length > 0 ? was : "none")}");
        }

        foreach (var action in before.Actions.Where(action => after.Actions.All(other => other.Hash != action.Hash)))
            dropped.Add(Describe(action));
        foreach (var action in after.Actions.Where(action => before.Actions.All(other => other.Hash != action.Hash)))
            changed.Add($"{Describe(action)} is added");
        if (dropped.Count + changed.Count == 0 && !before.Actions.Select(action => action.Hash).SequenceEqual(after.Actions.Select(action => action.Hash)))
            changed.Add("the order of the actions changes");
        return new DefinitionChanges(dropped, changed);
    }

    // A flag has an empty value.
    private static Dictionary<string, string?> Values(RenewalDefinition definition) => new()
    {
        ["CertificatePath"] = definition.CertificatePath,
        ["KeyPath"] = definition.KeyPath,
        ["KeyPasswordFile"] = definition.KeyPasswordFile,
        ["CaUrl"] = definition.Ca.CaUrl,
        ["the root's fingerprint"] = definition.Ca.Fingerprint,
        ["UseToken"] = definition.UseToken ? string.Empty : null,
        ["ExpiresIn"] = definition.Rule is RenewalRule.ExpiresIn { Remaining: var remaining } ? Duration.Render(remaining) : null,
        ["RenewAt"] = definition.Rule is RenewalRule.ElapsedPercent { Percent: var percent } ? FormattableString.Invariant($"{percent}%") : null,
        ["Rekey"] = definition.Rekey ? string.Empty : null,
        ["KeyAlgorithm"] = definition.KeyAlgorithm,
        ["Interval"] = definition.Interval is { } interval ? ScheduleInterval.Format(interval) : null,
        ["Scope"] = definition.Scope.ToString(),
        [UserId] = definition.RunAs,
        ["Scheduler"] = definition.Scheduler,
        ["the pwsh of the schedule:"] = definition.PwshPath,
        ["the module of the schedule:"] = definition.ModulePath,
        ["ActionTimeout"] = Time(definition.ActionTimeout),
        ["LockTimeout"] = Time(definition.LockTimeout),
        ["RetryTimeout"] = Time(definition.RetryTimeout),
        ["HealthCheckUri"] = definition.HealthCheckUriFile is null ? null : string.Empty,
        ["LogPath"] = definition.LogPath,
    };

    private static string? Time(TimeSpan? time) => time is { } value ? Duration.Render(value) : null;

    private static string Parameter(string name, string value) => $"{(name.Contains(' ', StringComparison.Ordinal) ? name : $"-{name}")} {value}".TrimEnd();

    /// <summary>An action as parameters, without its arguments, which can be secret.</summary>
    internal static string Describe(ActionDefinition action) => action switch
    {
        CommandAction command => $"-FilePath {command.FilePath}{command.ArgumentList.Count switch { 0 => string.Empty, 1 => " with 1 argument", var count => $" with {count} arguments" }}",
        ScriptAction script => $"-ScriptPath {script.ScriptPath}",
        SignalAction signal => $"-Signal {signal.Signal} -PidFile {signal.PidFile}",
        ServiceAction service => $"{(service.IsReload ? "-ReloadService" : "-RestartService")} {service.Name}",
        _ => action.Description,
    };
}
