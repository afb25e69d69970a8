using StepCaRenew.Certificates;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>What is wrong with a registered renewal, a sentence each: that the schedule is there does not mean that the certificate is renewed.</summary>
internal static class TaskHealth
{
    // A run that waits for a slow CA writes its state at its end.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>All that is wrong; none if the renewal is healthy.</summary>
    public static IReadOnlyList<string> Details(HealthFacts facts) =>
    [
        .. facts.Schedule.Differences,
        .. facts.Run is { } run ? [.. Programs(run), .. Runs(facts, run.Interval)] : Array.Empty<string>(),
        .. OtherFolder(facts),
        .. LastRun(facts.State),
        .. Pending(facts),
        .. Certificate(facts),
    ];

    private static IEnumerable<string> Programs(ScheduledRun run)
    {
        if (!File.Exists(run.Command.Program))
            yield return $"The pwsh of the schedule is gone: '{run.Command.Program}'. Register the renewal again.";
        if (ScheduledModule.FromCommand(run.Command) is { } module && !ScheduledModule.Exists(module, run.Command.Program))
            yield return $"The module of the schedule is gone: '{module}'. Install it again, or register the renewal again.";
    }

    private static IEnumerable<string> Runs(HealthFacts facts, TimeSpan interval)
    {
        // The schedule makes up for what was missed soon after the start of the machine.
        if (Latest(facts.State.LastAttempt, facts.Registered) is not { } since || facts.Awake <= LongestGap(interval) || facts.Now - since <= LongestGap(interval))
            yield break;
        var every = ScheduleInterval.Format(interval);
        yield return facts.State.LastAttempt is { } last
            ? $"It has not run since {MessageTime.Local(last)}, though the schedule is every {every}."
            : $"It has never run, though it is registered since {MessageTime.Local(since)} and the schedule is every {every}.";
    }

    // A schedule sees the variables of its scheduler, and not those of the shell in which the renewal was registered.
    private static IEnumerable<string> OtherFolder(HealthFacts facts)
    {
        if (!facts.Schedule.Exists || facts.Folders.IsShared || facts.Folders.Scope == RenewalScope.Machine || facts.HomeOfRun is not { } home)
            yield break;
        var seen = RenewalFolders.ForUser(home, facts.Schedule.Variables.GetValueOrDefault);
        if (seen.Definitions != facts.Folders.Definitions && !File.Exists(seen.DefinitionFile(facts.Name)))
            yield return $"Every scheduled run fails with exit code {RunExitCode.ConfigurationRefused}: it looks for its definition in '{seen.Definitions}', and the definition is in '{facts.Folders.Definitions}'. " +
                "The scheduler does not have the XDG_CONFIG_HOME or HOME of this shell: register again without it, or set it for the scheduler as well.";
    }

    private static IEnumerable<string> LastRun(RenewalState state)
    {
        if (state.LastErrorId is { } errorId)
            yield return $"The last run failed at {MessageTime.Local(state.LastErrorTime ?? state.LastAttempt)} ({errorId}){(state.LastErrorMessage is { } message ? $": {message}" : ".")}";
    }

    // Every run tries them again, so that a delay of one or two runs is none.
    private static IEnumerable<string> Pending(HealthFacts facts)
    {
        var state = facts.State;
        if (state.ActionsPending && (state.ActionsPendingSince ?? state.LastRenewal) is { } since && facts.Now - since > LongestGap(facts.Run?.Interval ?? TimeSpan.Zero))
            yield return $"Actions are pending since {MessageTime.Local(since)}: what uses the certificate may still have the old one.";
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
