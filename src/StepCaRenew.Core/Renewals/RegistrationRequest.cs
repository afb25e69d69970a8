using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>A renewal that is to be registered, as the caller said it.</summary>
public sealed record RegistrationRequest
{
    /// <summary>What is to be done; the CA and programs may be named as in a call by hand.</summary>
    public required RenewalDefinition Definition { get; init; }

    /// <summary>For whom.</summary>
    public RenewalScope Scope { get; init; }

    /// <summary>Whom it runs as.</summary>
    public required TaskAccount Account { get; init; }

    /// <summary>The monitor's address, if one is told.</summary>
    public Uri? HealthCheckUri { get; init; }

    /// <summary>What is to run by schedule: what runs now.</summary>
    public required RunningModule Module { get; init; }

    /// <summary>Register though the CA can't be asked, and over a renewal of another certificate.</summary>
    public bool IsForced { get; init; }
}
