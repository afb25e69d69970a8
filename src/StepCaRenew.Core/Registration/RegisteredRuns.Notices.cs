using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>The notifiers of registered renewals: their reports are recorded in the states.</summary>
internal sealed partial class RegisteredRuns
{
    private readonly FailureNotices notices = new(options.Host, clock);

    /// <summary>Reports failures and recoveries, after the state was written: a notifier can take its time.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="state">The state, with the earlier reports.</param>
    /// <param name="cancellationToken">Ends a notifier.</param>
    /// <returns>The state with the reports so far.</returns>
    private async Task<RenewalState> NotifyAsync(RegisteredOutcome outcome, RenewalState state, CancellationToken cancellationToken)
    {
        var notifiers = NotifiersOf(outcome);
        // Of several certificates, the state itself has the reports of a run that was refused.
        var reported = state.Certificates is null || outcome.Refusal is not null || state.Reported is not null
            ? await NotifyAsync(outcome, state.Certificates is not null ? FirstOf(outcome) : outcome.Runs is [var only, ..] ? only : null, notifiers, state.Reported, cancellationToken).ConfigureAwait(false)
            : null;
        if (reported != state.Reported)
            state = state with { Reported = reported };
        if (outcome.Renewal?.Definition.Certificates is null)
            return state;
        var certificates = state.Certificates!.ToDictionary();
        foreach (var run in outcome.Runs.Where(run => run.Result.Status != RenewalStatus.WouldRenew))
        {
            var one = certificates[run.CertificatePath];
            if (await NotifyAsync(outcome, run, notifiers, one.Reported, cancellationToken).ConfigureAwait(false) is var after && after != one.Reported)
            {
                certificates[run.CertificatePath] = one with { Reported = after };
                state = state with { Certificates = certificates };
            }
        }

        return state;
    }

    // The run was not refused any more: its certificates have reports of their own.
    private static RenewalOutcome? FirstOf(RegisteredOutcome outcome) =>
        outcome.Result is { } result ? new RenewalOutcome(result with { Name = outcome.Name, ErrorId = null }, null) : null;

    private async Task<ReportedFailures?> NotifyAsync(RegisteredOutcome outcome, RenewalOutcome? run, IReadOnlyList<Notifier> notifiers, ReportedFailures? reported, CancellationToken cancellationToken)
    {
        var path = run?.Result.CertificatePath ?? outcome.RefusedDefinition?.Place ?? string.Empty;
        var incident = run is not null ? run.Incident : Incident.FromError(outcome.Name, path, outcome.Error!);
        if (incident is not null)
            return await notices.ReportAsync(reported, notifiers, incident, outcome.Logger, cancellationToken).ConfigureAwait(false);
        if (reported is null)
            return null;
        var left = await notices.RecoverAsync(reported, notifiers, run!.Result, outcome.Logger, cancellationToken).ConfigureAwait(false);
        // A notifier that is not registered any more has nothing to report.
        return left is not null && notifiers.Any(notifier => left.By(notifier) is not null) ? left : null;
    }

    private IReadOnlyList<Notifier> NotifiersOf(RegisteredOutcome outcome)
    {
        var notifiers = outcome.Renewal?.Definition.OnFailure ?? RenewalSafety.NotifiersOfRefused(outcome.Store!, outcome.Name, outcome.RefusedDefinition, options.Module);
        var timeout = options.ActionTimeout ?? (outcome.Renewal?.Definition ?? outcome.RefusedDefinition)?.ActionTimeout;
        return [.. notifiers.Select(notifier => new Notifier(notifier.Action with { Timeout = timeout }))];
    }
}
