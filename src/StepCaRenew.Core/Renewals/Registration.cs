using StepCaRenew.Scheduling;
using StepCaRenew.StepCa;

namespace StepCaRenew.Renewals;

/// <summary>A renewal as it is to be registered, with every question answered.</summary>
/// <param name="Store">Where it is registered.</param>
/// <param name="Definition">What is written down.</param>
/// <param name="Run">What its scheduler runs.</param>
/// <param name="Scheduler">The scheduler that runs it.</param>
/// <param name="Ca">Where the CA is, as it was found in the surroundings of who registers.</param>
/// <param name="Root">The root certificate, which is copied beside the definition.</param>
/// <param name="HealthCheckUri">The monitor's address, if one is told.</param>
public sealed record Registration(
    DefinitionStore Store, RenewalDefinition Definition, ScheduledRun Run, IScheduler Scheduler, CaSettings Ca, ReadOnlyMemory<byte> Root, Uri? HealthCheckUri)
{
    /// <summary>What changes against the registration that exists.</summary>
    public DefinitionChanges Changes { get; init; } = DefinitionChanges.None;

    /// <summary>What registering does, in a sentence: when, with what, as whom, what follows a renewal, and what changes.</summary>
    public string Summary
    {
        get
        {
            var actions = Definition.Actions.Count == 0 ? string.Empty : $"; after a renewal: {string.Join(", ", Definition.Actions.Select(DefinitionChanges.Describe))}";
            var changes = Changes.All.ToList() is { Count: > 0 } all ? $"; changes: {string.Join(", ", all)}" : string.Empty;
            return $"Register a renewal every {ScheduleInterval.Format(Run.Interval)} with {Scheduler.Kind}, as {Run.Account.Display}{actions}{changes}";
        }
    }

    // The monitor's address is a secret, and a record prints all that it has.
    /// <inheritdoc/>
    public override string ToString() => Definition.Name;
}
