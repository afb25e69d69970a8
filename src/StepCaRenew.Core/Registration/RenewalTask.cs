using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>A registered renewal with its schedule, state and certificate.</summary>
public sealed record RenewalTask
{
    /// <summary>The renewal's name.</summary>
    public string Name { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>One of <see cref="RenewalScope"/>, as text.</summary>
    public string Scope { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>Whether registration changed anything; false from Get-StepRenewalTask.</summary>
    public bool Changed { get; internal init; }

    /// <summary>The certificate file; of a renewal of several certificates, the folder or pattern.</summary>
    public string CertificatePath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The key file; null if none is found.</summary>
    public string? KeyPath { get; internal init => field = PlainText.Path(value); }

    /// <summary>One of <see cref="CertificateStatus"/>; null if the certificate cannot be read.</summary>
    public string? CertificateStatus { get; internal init => field = PlainText.Line(value); }

    /// <summary>One of <see cref="KeyStatus"/>; null if the certificate cannot be read.</summary>
    public string? KeyStatus { get; internal init => field = PlainText.Line(value); }

    /// <summary>The begin of the certificate's validity, local time.</summary>
    public DateTime? NotBefore { get; internal init; }

    /// <summary>The end of the certificate's validity, local time.</summary>
    public DateTime? NotAfter { get; internal init; }

    /// <summary>From when the certificate is due by the definition's rule, local time.</summary>
    public DateTime? NextRenewal { get; internal init; }

    /// <summary>
    /// Of a renewal that is registered for a folder or a pattern: its certificates. The status, the end and the next renewal above are
    /// then the worst and the earliest of them.
    /// </summary>
    public ResultList<RenewalTaskCertificate> Certificates { get; internal init; } = new([]);

    /// <summary>One of <see cref="SchedulerKind"/>.</summary>
    public string? Scheduler { get; internal init => field = PlainText.Line(value); }

    /// <summary>When it runs, in the notation of the scheduler, as found.</summary>
    public string? Schedule { get; internal init => field = PlainText.Line(value); }

    /// <summary>How often it should run, such as 15m.</summary>
    public string? Interval { get; internal init => field = PlainText.Line(value); }

    /// <summary>The account that it runs as.</summary>
    public string RunAs { get; internal init => field = PlainText.Line(value); } = string.Empty;

    /// <summary>Whether the schedule exists and is as it should be.</summary>
    public bool ScheduleHealthy { get; internal init; }

    /// <summary>A sentence for each difference from what the schedule should be.</summary>
    public TextList ScheduleDifferences { get; internal init; } = TextList.Empty;

    /// <summary>Whether the renewal works: the schedule is as it should be, runs start on time, and the last one succeeded. <see cref="HealthDetails"/> has the problems.</summary>
    public bool Healthy { get; internal init; }

    /// <summary>A sentence for each problem; differences of the schedule come first.</summary>
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

    /// <summary>One of <see cref="ErrorId"/>; null if the last run had no error.</summary>
    public string? LastErrorId { get; internal init => field = PlainText.Line(value); }

    /// <summary>When a run last had an error, local time; kept after a success.</summary>
    public DateTime? LastErrorTime { get; internal init; }

    /// <summary>The message of that error, without output of programs (see the log); kept after a success.</summary>
    public string? LastErrorMessage { get; internal init => field = PlainText.Line(value); }

    /// <summary>Whether actions are pending.</summary>
    public bool ActionsPending { get; internal init; }

    /// <summary>How far the CA's clock was ahead of this machine's when it last answered, in seconds; null before the first answer.</summary>
    public long? ClockDifferenceSeconds { get; internal init; }

    /// <summary>The fingerprints of the root certificates that the renewal has followed (-FollowRoots).</summary>
    public TextList FollowedRoots { get; internal init; } = TextList.Empty;

    /// <summary>A sentence if the root certificate of the renewal ends soon.</summary>
    internal string? RootWarning { get; init; }

    /// <summary>The exit code of the run that -RunNow started; null if none was started, or the scheduler does not report it.</summary>
    public int? RunExitCode { get; internal init; }

    /// <summary>The definition file.</summary>
    public string DefinitionPath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The file with its metrics; null if it writes none.</summary>
    public string? MetricsPath { get; internal init => field = PlainText.Path(value); }

    /// <summary>The log file.</summary>
    public string LogPath { get; internal init => field = PlainText.Path(value); } = string.Empty;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
