using Microsoft.Extensions.Logging;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;
using StepCaRenew.Text;

namespace StepCaRenew.FollowUps.Notifiers;

/// <summary>
/// Runs the notifiers of one call: once for each new error of a certificate, and once when it has none any more. A notifier that
/// fails is not run again in this call, for it would cost its time limit for every certificate; the next run tries it again.
/// </summary>
internal sealed class FailureNotices(ActionHost host, TimeProvider clock)
{
    private static readonly string[] FollowUpErrors = [ErrorId.ActionFailed, ErrorId.PublicationFailed, ErrorId.NotServed];

    private readonly Dictionary<string, RenewalException> failed = [];

    /// <summary>The notifiers that failed, one error each.</summary>
    public IReadOnlyList<RenewalException> Errors => [.. failed.Values];

    /// <summary>Reports a failure to the notifiers that have not reported its error yet.</summary>
    /// <param name="before">The earlier reports; null if there are none.</param>
    /// <param name="notifiers">The notifiers.</param>
    /// <param name="incident">The failure.</param>
    /// <param name="log">The log of the certificate.</param>
    /// <param name="cancellationToken">Ends a notifier.</param>
    /// <returns>The reports so far; the same object if there is no new one.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<ReportedFailures?> ReportAsync(
        ReportedFailures? before, IReadOnlyList<Notifier> notifiers, Incident incident, ILogger log, CancellationToken cancellationToken)
    {
        if (notifiers.Count == 0)
            return before;
        incident = incident with { Since = before?.Since };
        var after = before ?? new ReportedFailures { Since = clock.GetUtcNow() };
        if (after.ErrorId != incident.ErrorId)
            after = after with { ErrorId = incident.ErrorId };
        foreach (var notifier in notifiers)
        {
            var known = after.By(notifier);
            if (known?.Contains(incident.ErrorId) == true)
                continue;
            var isReported = await TryAsync(notifier, incident, log, cancellationToken).ConfigureAwait(false);
            if (isReported || known is null)
                after = after.With(notifier, [.. known ?? [], .. isReported ? [incident.ErrorId] : Array.Empty<string>()]);
        }

        return after;
    }

    /// <summary>Reports that a certificate has no error any more, if one was to be reported before.</summary>
    /// <param name="before">The earlier reports; null if there are none.</param>
    /// <param name="notifiers">The notifiers.</param>
    /// <param name="result">The result without an error.</param>
    /// <param name="log">The log of the certificate.</param>
    /// <param name="cancellationToken">Ends a notifier.</param>
    /// <returns>The reports so far; null if nothing is left to report.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<ReportedFailures?> RecoverAsync(
        ReportedFailures? before, IReadOnlyList<Notifier> notifiers, RenewalResult result, ILogger log, CancellationToken cancellationToken)
    {
        // The actions of another run are not done: they can fail again.
        if (before is null || (result.ActionsPending && FollowUpErrors.Contains(before.ErrorId)))
            return before;
        var incident = new Incident
        {
            Name = result.Name,
            CertificatePath = result.CertificatePath,
            ErrorId = before.ErrorId,
            Message = $"{result.Name} has no error any more; it had failed since {MessageTime.Local(before.Since)}. {result.Message}",
            NotAfter = result.NotAfter is { } end ? new DateTimeOffset(end) : null,
            Since = before.Since,
            IsRecovery = true,
        };
        var after = before;
        foreach (var notifier in notifiers.Where(notifier => before.By(notifier) is not null))
        {
            if (await TryAsync(notifier, incident, log, cancellationToken).ConfigureAwait(false))
                after = after.With(notifier, null);
        }

        return after.Notifiers.Count == 0 ? null : after;
    }

    private async Task<bool> TryAsync(Notifier notifier, Incident incident, ILogger log, CancellationToken cancellationToken)
    {
        if (failed.ContainsKey(notifier.Hash))
            return false;
        var context = new ActionContext(host, [], incident.Variables, log, clock, NoServices.Instance, IsRetry: false) { Incident = incident };
        if (await ActionAttempt.TryAsync(notifier.Action, context, 1, cancellationToken).ConfigureAwait(false) is not { } failure)
        {
            NotifierLog.Reported(log, incident.Event, incident.ErrorId, incident.Name, notifier.Action.Description);
            return true;
        }

        var start = $"The {incident.Event} of {incident.Name} ({incident.ErrorId}) was not reported:";
        var error = new RenewalException(ErrorId.NotificationFailed, $"{start} {failure.Message}", "Fix the cause; the next run reports it again.", failure)
        {
            PublicMessage = failure.PublicMessage is { } message ? $"{start} {message}" : null,
        };
        failed.Add(notifier.Hash, error);
        NotifierLog.Failed(log, error.ErrorId, error.Message);
        return false;
    }

    // A notifier stops no service.
    private sealed class NoServices : IStoppedServices
    {
        public static readonly NoServices Instance = new();

        public bool Contains(string service) => false;

        public Task ForgetAsync(IEnumerable<string> services) => Task.CompletedTask;

        public Task RecordAsync(IEnumerable<string> services) => Task.CompletedTask;
    }
}
