using StepCaRenew.FollowUps.Notifiers;

namespace StepCaRenew.Registration;

/// <summary>The notifiers of registered renewals: their reports are recorded in the states.</summary>
internal sealed partial class RegisteredRuns
{
    private readonly FailureNotices notices = new(options.Host, clock);

    /// <summary>Reports a failure or a recovery, after the state was written: a notifier can take its time.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="reported">The earlier reports.</param>
    /// <param name="cancellationToken">Ends a notifier.</param>
    /// <returns>The reports so far.</returns>
    private async Task<ReportedFailures?> NotifyAsync(RegisteredOutcome outcome, ReportedFailures? reported, CancellationToken cancellationToken)
    {
        var notifiers = NotifiersOf(outcome);
        var path = outcome.Result?.CertificatePath ?? outcome.RefusedDefinition?.CertificatePath ?? string.Empty;
        var incident = outcome.Run is { } run ? run.Incident : Incident.FromError(outcome.Name, path, outcome.Error!);
        if (incident is not null)
            return await notices.ReportAsync(reported, notifiers, incident, outcome.Logger, cancellationToken).ConfigureAwait(false);
        if (reported is null)
            return null;
        var left = await notices.RecoverAsync(reported, notifiers, outcome.Result!, outcome.Logger, cancellationToken).ConfigureAwait(false);
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
