namespace StepCaRenew.Renewals;

/// <summary>A registered renewal with its schedule, its state and its certificate: flat, as results are.</summary>
public sealed record RenewalTask
{
    /// <summary>The renewal's name.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="RenewalScope"/>, as text.</summary>
    public required string Scope { get; init; }

    /// <summary>True where registration changed something; false from Get-StepRenewalTask.</summary>
    public bool Changed { get; init; }

    /// <summary>The certificate file.</summary>
    public required string CertificatePath { get; init; }

    /// <summary>The key file; null where none is found.</summary>
    public string? KeyPath { get; init; }

    /// <summary>One of <see cref="Certificates.CertificateStatus"/>; null where the certificate can't be read.</summary>
    public string? CertificateStatus { get; init; }

    /// <summary>One of <see cref="Certificates.KeyStatus"/>; null where the certificate can't be read.</summary>
    public string? KeyStatus { get; init; }

    /// <summary>The end of the certificate's validity, local time.</summary>
    public DateTime? NotAfter { get; init; }

    /// <summary>From when the certificate is due by the definition's rule, local time.</summary>
    public DateTime? NextRenewal { get; init; }

    /// <summary>One of <see cref="Scheduling.SchedulerKind"/>.</summary>
    public string? Scheduler { get; init; }

    /// <summary>When it runs, in the scheduler's own notation, as it was found.</summary>
    public string? Schedule { get; init; }

    /// <summary>How often it should run, such as 15m.</summary>
    public string? Interval { get; init; }

    /// <summary>Whom it runs as.</summary>
    public required string RunAs { get; init; }

    /// <summary>Whether the schedule is there, and as it should be.</summary>
    public bool ScheduleHealthy { get; init; }

    /// <summary>Each difference from what the schedule should be.</summary>
    public IReadOnlyList<string> ScheduleDifferences { get; init; } = [];

    /// <summary>When it last ran, local time.</summary>
    public DateTime? LastAttempt { get; init; }

    /// <summary>When it last ran without an error, local time.</summary>
    public DateTime? LastSuccess { get; init; }

    /// <summary>When it last renewed, local time.</summary>
    public DateTime? LastRenewal { get; init; }

    /// <summary>One of <see cref="RenewalStatus"/>; null before the first run.</summary>
    public string? LastStatus { get; init; }

    /// <summary>One of <see cref="ErrorId"/>; null where the last run had no error.</summary>
    public string? LastErrorId { get; init; }

    /// <summary>Whether an action is yet to be done.</summary>
    public bool ActionsPending { get; init; }

    /// <summary>The exit code of the run that -RunNow started; null where none was, or the scheduler does not tell.</summary>
    public int? RunExitCode { get; init; }

    /// <summary>The definition's file.</summary>
    public required string DefinitionPath { get; init; }

    /// <summary>Where the events of its runs go.</summary>
    public required string LogPath { get; init; }
}
