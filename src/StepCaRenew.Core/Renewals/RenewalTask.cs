using StepCaRenew.Processes;

namespace StepCaRenew.Renewals;

/// <summary>A registered renewal with its schedule, its state and its certificate: flat, as results are.</summary>
public sealed record RenewalTask
{
    /// <summary>The renewal's name.</summary>
    public string Name { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>One of <see cref="RenewalScope"/>, as text.</summary>
    public string Scope { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>True where registration changed something; false from Get-StepRenewalTask.</summary>
    public bool Changed { get; internal init; }

    /// <summary>The certificate file.</summary>
    public string CertificatePath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The key file; null where none is found.</summary>
    public string? KeyPath { get; internal init => field = PlainText.Path(value); }

    /// <summary>One of <see cref="Certificates.CertificateStatus"/>; null where the certificate can't be read.</summary>
    public string? CertificateStatus { get; internal init => field = PlainText.Line(value); }

    /// <summary>One of <see cref="Certificates.KeyStatus"/>; null where the certificate can't be read.</summary>
    public string? KeyStatus { get; internal init => field = PlainText.Line(value); }

    /// <summary>The end of the certificate's validity, local time.</summary>
    public DateTime? NotAfter { get; internal init; }

    /// <summary>From when the certificate is due by the definition's rule, local time.</summary>
    public DateTime? NextRenewal { get; internal init; }

    /// <summary>One of <see cref="Scheduling.SchedulerKind"/>.</summary>
    public string? Scheduler { get; internal init => field = PlainText.Line(value); }

    /// <summary>When it runs, in the scheduler's own notation, as it was found.</summary>
    public string? Schedule { get; internal init => field = PlainText.Line(value); }

    /// <summary>How often it should run, such as 15m.</summary>
    public string? Interval { get; internal init => field = PlainText.Line(value); }

    /// <summary>Whom it runs as.</summary>
    public string RunAs { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>Whether the schedule is there, and as it should be.</summary>
    public bool ScheduleHealthy { get; internal init; }

    /// <summary>Each difference from what the schedule should be.</summary>
    public TextList ScheduleDifferences { get; internal init; } = TextList.Empty;

    /// <summary>Whether the renewal does its work: the schedule is as it should be, runs come, and none is wrong. <see cref="HealthDetails"/> says what is.</summary>
    public bool Healthy { get; internal init; }

    /// <summary>Each thing that is wrong, a sentence each; the differences of the schedule come first.</summary>
    public TextList HealthDetails { get; internal init; } = TextList.Empty;

    /// <summary>When the schedule starts it next, local time; null if the schedule is not as it should be.</summary>
    public DateTime? NextRun { get; internal init; }

    /// <summary>When it last ran, local time.</summary>
    public DateTime? LastAttempt { get; internal init; }

    /// <summary>When it last ran without an error, local time.</summary>
    public DateTime? LastSuccess { get; internal init; }

    /// <summary>When it last renewed, local time.</summary>
    public DateTime? LastRenewal { get; internal init; }

    /// <summary>One of <see cref="RenewalStatus"/>; null before the first run.</summary>
    public string? LastStatus { get; internal init => field = PlainText.Line(value); }

    /// <summary>One of <see cref="ErrorId"/>; null where the last run had no error.</summary>
    public string? LastErrorId { get; internal init => field = PlainText.Line(value); }

    /// <summary>When a run last had an error, local time; kept after a success.</summary>
    public DateTime? LastErrorTime { get; internal init; }

    /// <summary>What that error was, without the output of programs, which the log has; kept after a success.</summary>
    public string? LastErrorMessage { get; internal init => field = PlainText.Line(value); }

    /// <summary>Whether an action is yet to be done.</summary>
    public bool ActionsPending { get; internal init; }

    /// <summary>How far the CA's clock was ahead of this machine's when the CA last answered, in seconds; null before that.</summary>
    public long? ClockDifferenceSeconds { get; internal init; }

    /// <summary>The exit code of the run that -RunNow started; null where none was, or the scheduler does not tell.</summary>
    public int? RunExitCode { get; internal init; }

    /// <summary>The definition's file.</summary>
    public string DefinitionPath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>Where the events of its runs go.</summary>
    public string LogPath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
