using StepCaRenew.Accounts;

namespace StepCaRenew.Registration;

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
