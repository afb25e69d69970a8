using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>All that the health of a registered renewal is judged by; nothing of it depends on the process that asks.</summary>
internal sealed record HealthFacts
{
    /// <summary>The renewal's name.</summary>
    public required string Name { get; init; }

    /// <summary>The present moment.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>What the last runs came to.</summary>
    public required RenewalState State { get; init; }

    /// <summary>When it was registered; null if that is not known.</summary>
    public DateTimeOffset? Registered { get; init; }

    /// <summary>How long the machine has been awake since its start: a run that was missed before is no fault.</summary>
    public TimeSpan Awake { get; init; } = TimeSpan.MaxValue;

    /// <summary>What is scheduled; null if no schedule could be made.</summary>
    public ScheduledRun? Run { get; init; }

    /// <summary>The schedule as it was found.</summary>
    public required ScheduleFinding Schedule { get; init; }

    /// <summary>Where the definition is registered.</summary>
    public required RenewalFolders Folders { get; init; }

    /// <summary>The home that a scheduled run has; null if that is not known.</summary>
    public string? HomeOfRun { get; init; }

    /// <summary>One of <see cref="Certificates.CertificateStatus"/>; null if the certificate cannot be read.</summary>
    public string? CertificateStatus { get; init; }

    /// <summary>What is wrong with the key; null if nothing is, or if the user who asks does not have permission to read it.</summary>
    public string? KeyProblem { get; init; }
}
