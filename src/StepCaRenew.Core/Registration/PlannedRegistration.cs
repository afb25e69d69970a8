using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.FollowUps;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>A renewal that is ready to be registered.</summary>
/// <param name="Store">Where it is registered.</param>
/// <param name="Definition">The definition to write.</param>
/// <param name="Run">The run to schedule.</param>
/// <param name="Scheduler">The scheduler.</param>
/// <param name="Ca">The CA, as found in the session of the user who registers.</param>
/// <param name="Root">The root certificate, which is copied next to the definition.</param>
/// <param name="HealthCheckUri">The URL of the monitor, if there is one.</param>
internal sealed record PlannedRegistration(
    DefinitionStore Store, RenewalDefinition Definition, ScheduledRun Run, IScheduler Scheduler, CaSettings Ca, ReadOnlyMemory<byte> Root, Uri? HealthCheckUri)
{
    /// <summary>The differences from the existing registration.</summary>
    public DefinitionChanges Changes { get; init; } = DefinitionChanges.None;

    /// <summary>The certificate in place.</summary>
    internal ServedCertificate Present { get; init; } = null!;

    /// <summary>A sentence about the registration: interval, scheduler, account, actions and changes.</summary>
    public string Summary
    {
        get
        {
            var actions = Definition.Actions.Count == 0 ? string.Empty : $"; after a renewal: {string.Join(", ", Definition.Actions.Select(DefinitionChanges.Describe))}";
            var changes = Changes.All.ToList() is { Count: > 0 } all ? $"; changes: {string.Join(", ", all)}" : string.Empty;
            return $"Register a renewal every {ScheduleInterval.Format(Run.Interval)} with {Scheduler.Kind}, as {Run.Account.Display}{actions}{changes}";
        }
    }

    // The default ToString of a record would print the URL of the monitor, which is a secret.
    /// <inheritdoc/>
    public override string ToString() => Definition.Name;
}

/// <summary>A renewal to register, as the user gave it.</summary>
internal sealed record RegistrationRequest
{
    /// <summary>The definition, with CA and programs named as in a call by hand.</summary>
    public required RenewalDefinition Definition { get; init; }

    /// <summary>The scope.</summary>
    public RenewalScope Scope { get; init; }

    /// <summary>The account that it runs as.</summary>
    public required TaskAccount Account { get; init; }

    /// <summary>The URL of the monitor, if there is one.</summary>
    public Uri? HealthCheckUri { get; init; }

    /// <summary>The pwsh and module to schedule: those of this process.</summary>
    public required RunningModule Module { get; init; }

    /// <summary>Register even if the CA cannot be asked, or the name is that of a renewal of another certificate.</summary>
    public bool IsForced { get; init; }
}
