using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>The facts from which the health of a registered renewal is judged.</summary>
internal sealed record HealthFacts
{
    /// <summary>The renewal's name.</summary>
    public required string Name { get; init; }

    /// <summary>The present moment.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The result of the last run.</summary>
    public required RenewalState State { get; init; }

    /// <summary>When it was registered; null if unknown.</summary>
    public DateTimeOffset? Registered { get; init; }

    /// <summary>How long the machine has been awake since its start. Runs missed before are not a problem.</summary>
    public TimeSpan Awake { get; init; } = TimeSpan.MaxValue;

    /// <summary>The run as it should be scheduled; null if that could not be computed.</summary>
    public ScheduledRun? Run { get; init; }

    /// <summary>The schedule as found.</summary>
    public required ScheduleFinding Schedule { get; init; }

    /// <summary>The folders of its scope.</summary>
    public required RenewalFolders Folders { get; init; }

    /// <summary>The home of the account of the run; null if unknown.</summary>
    public string? HomeOfRun { get; init; }

    /// <summary>One of <see cref="CertificateStatus"/>; null if the certificate cannot be read.</summary>
    public string? CertificateStatus { get; init; }

    /// <summary>The problem of the key; null if it has none, or if this user does not have permission to read it.</summary>
    public string? KeyProblem { get; init; }
}
