using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;
using StepCaRenew.Text;

namespace StepCaRenew.Registration;

/// <summary>Finds the problems of a registered renewal, a sentence each. A correct schedule alone does not mean that the certificate is renewed.</summary>
internal static class TaskHealth
{
    // A run writes its state only at its end, and can wait for a slow CA.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>The problems; empty if the renewal is healthy.</summary>
    public static IReadOnlyList<string> Details(HealthFacts facts) =>
    [
        .. facts.Schedule.Differences,
        .. facts.Run is { } run ? [.. Programs(run), .. Runs(facts, run.Interval)] : Array.Empty<string>(),
        .. OtherFolder(facts),
        .. LastRun(facts.State),
        .. Notifiers(facts.State),
        .. Pending(facts),
        .. Certificate(facts),
        .. facts.CertificateProblems,
    ];

    private static IEnumerable<string> Programs(ScheduledRun run)
    {
        if (!File.Exists(run.Command.Program))
            yield return $"The pwsh of the schedule does not exist: '{run.Command.Program}'. Register the renewal again.";
        if (ScheduledModule.FromCommand(run.Command) is { } module && !ScheduledModule.Exists(module, run.Command.Program))
            yield return $"The module of the schedule does not exist: '{module}'. Install it again, or register the renewal again.";
    }

    private static IEnumerable<string> Runs(HealthFacts facts, TimeSpan interval)
    {
        // After the start of the machine, the schedule soon makes up for missed runs.
        if (Latest(facts.State.LastAttempt, facts.Registered) is not { } since || facts.Awake <= LongestGap(interval) || facts.Now - since <= LongestGap(interval))
            yield break;
        var every = ScheduleInterval.Format(interval);
        yield return facts.State.LastAttempt is { } last
            ? $"The renewal has not run since {MessageTime.Local(last)}, but its interval is {every}."
            : $"The renewal has never run since its registration at {MessageTime.Local(since)}, but its interval is {every}.";
    }

    // A scheduled run has the variables of its scheduler, not those of the shell that registered the renewal.
    private static IEnumerable<string> OtherFolder(HealthFacts facts)
    {
        if (!facts.Schedule.Exists || facts.Folders.IsShared || facts.Folders.Scope == RenewalScope.Machine || facts.HomeOfRun is not { } home)
            yield break;
        var seen = RenewalFolders.ForUser(home, facts.Schedule.Variables.GetValueOrDefault);
        if (seen.Definitions != facts.Folders.Definitions && !File.Exists(seen.DefinitionFile(facts.Name)))
            yield return $"Every scheduled run fails with exit code {RunExitCode.ConfigurationRefused}: it looks for its definition in '{seen.Definitions}', and the definition is in '{facts.Folders.Definitions}'. " +
                "XDG_CONFIG_HOME or HOME of the scheduler differs from this shell: register again without it, or set it for the scheduler too.";
    }

    private static IEnumerable<string> LastRun(RenewalState state)
    {
        if (state.LastErrorId is { } errorId)
            yield return $"The last run failed at {MessageTime.Local(state.LastErrorTime ?? state.LastAttempt)} ({errorId}){(state.LastErrorMessage is { } message ? $": {message}" : ".")}";
    }

    // Every run tries again what was not reported.
    private static IEnumerable<string> Notifiers(RenewalState state)
    {
        if (state.Reported is not { } reported)
            yield break;
        if (state.LastErrorId is null && !state.ActionsPending)
            yield return $"A notifier has not reported yet that {reported.ErrorId} is over; see the log.";
        else if (reported.Notifiers.Values.Any(errors => errors?.Contains(reported.ErrorId) != true))
            yield return $"A notifier has not reported {reported.ErrorId} yet; see the log.";
    }

    // Every run retries the actions, so a delay of up to two runs is normal.
    private static IEnumerable<string> Pending(HealthFacts facts)
    {
        var state = facts.State;
        if (state.ActionsPending && (state.ActionsPendingSince ?? state.LastRenewal) is { } since && facts.Now - since > LongestGap(facts.Run?.Interval ?? TimeSpan.Zero))
            yield return $"Follow-ups have been pending since {MessageTime.Local(since)}: services may still use the old certificate.";
    }

    private static IEnumerable<string> Certificate(HealthFacts facts)
    {
        if (facts.CertificateStatus is CertificateStatus.Expired)
            yield return "The certificate has expired.";
        if (facts.KeyProblem is { } problem)
            yield return problem;
    }

    private static TimeSpan LongestGap(TimeSpan interval) => (2 * interval) + Grace;

    private static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset? other) => one is null ? other : other is null || one > other ? one : other;
}

/// <summary>The facts from which the health of a registered renewal is judged.</summary>
internal sealed record HealthFacts
{
    /// <summary>The renewal's name.</summary>
    public required string Name { get; init; }

    /// <summary>The present moment.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The result of the last run.</summary>
    public required RenewalState State { get; init; }

    /// <summary>When the renewal was registered; null if unknown.</summary>
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

    /// <summary>Of a renewal of several certificates: the problems of each.</summary>
    public IReadOnlyList<string> CertificateProblems { get; init; } = [];

    /// <summary>The problem of the key; null if it has none, or if this user does not have permission to read it.</summary>
    public string? KeyProblem { get; init; }
}
