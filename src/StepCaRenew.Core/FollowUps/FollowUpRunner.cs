using Microsoft.Extensions.Logging;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;

namespace StepCaRenew.FollowUps;

/// <summary>
/// Runs the follow-ups of one call, after the last replacement: first the publications of each pair, then each action once, then the
/// check that the servers serve the new certificate. One that fails stays open, and those after it wait.
/// </summary>
internal sealed class FollowUpRunner(TimeProvider clock) : IDisposable
{
    public TimeProvider Clock => clock;

    /// <summary>Keeps other runs from the follow-ups of the pairs of this call.</summary>
    public ActingLocks Locks { get; } = new();

    /// <summary>Runs the open follow-ups of all pairs. One that fails does not stop those of other pairs, or other actions.</summary>
    /// <param name="renewals">The pairs whose follow-ups are open, each with the result of its run.</param>
    /// <param name="host">The settings that all actions share.</param>
    /// <param name="log">The log of the actions.</param>
    /// <param name="cancellationToken">Ends a running follow-up; it stays open.</param>
    /// <returns>One error for each publication and each action that failed, and for each server that does not serve the new certificate.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the follow-ups that did not end stay open.</exception>
    public async Task<IReadOnlyList<RenewalException>> RunAsync(
        IReadOnlyList<(PairFollowUps FollowUps, RenewalResult Result)> renewals, ActionHost host, ILogger log, CancellationToken cancellationToken)
    {
        // A pair that the call names twice is served once, after its last renewal.
        var pairs = renewals.GroupBy(renewal => renewal.FollowUps.RecordPath).ToList();
        var last = pairs.Select(pair => pair.Last()).ToList();
        var (done, errors) = (new HashSet<string>(), new List<RenewalException>());
        try
        {
            foreach (var (followUps, result) in last)
                errors.AddRange(await PublishAsync(followUps, result, log, cancellationToken).ConfigureAwait(false));
            foreach (var action in last.SelectMany(renewal => renewal.FollowUps.Open).DistinctBy(action => action.Hash))
            {
                var served = last.Where(renewal => renewal.FollowUps.Open.Any(open => open.Hash == action.Hash)).ToList();
                if (await TryAsync(action, served, host, log, cancellationToken).ConfigureAwait(false) is { } error)
                    errors.Add(error);
                else
                    done.Add(action.Hash);
            }

            // A server is not asked while an action that loads the certificate is open.
            var acted = last.Where(renewal => renewal.FollowUps.Open.All(action => done.Contains(action.Hash))).ToList();
            errors.AddRange(await new ServerCheck(clock, log).RunAsync(acted, cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            foreach (var pair in pairs)
            {
                var acted = pair.Last().FollowUps;
                await acted.CompleteAsync(done.Intersect(acted.Open.Select(action => action.Hash)).ToHashSet()).ConfigureAwait(false);
                await acted.RemoveOldAsync().ConfigureAwait(false);
                foreach (var (followUps, _) in pair)
                {
                    followUps.EndLike(acted);
                    followUps.Release();
                }
            }
        }

        return errors;
    }

    /// <summary>Lets other runs run the follow-ups that are still open.</summary>
    public void Dispose() => Locks.Dispose();

    private static async Task<IReadOnlyList<RenewalException>> PublishAsync(PairFollowUps followUps, RenewalResult result, ILogger log, CancellationToken cancellationToken)
    {
        var errors = new List<RenewalException>();
        foreach (var failure in await followUps.PublishAsync(cancellationToken).ConfigureAwait(false))
        {
            followUps.Failed(failure);
            errors.Add(ActionErrors.ForCertificates([result.Name], failure));
            PublicationLog.Failed(log, failure.ErrorId, errors[^1].Message);
        }

        return errors;
    }

    private async Task<RenewalException?> TryAsync(
        ActionDefinition action, List<(PairFollowUps FollowUps, RenewalResult Result)> served, ActionHost host, ILogger log, CancellationToken cancellationToken)
    {
        List<PairFollowUps> pairs = [.. served.Select(renewal => renewal.FollowUps)];
        var context = new ActionContext(
            host, [.. served.Select(renewal => renewal.Result)], ActionEnvironment.Describe([.. pairs.Select(pair => pair.Subject)]), log, clock,
            new StoppedServices(action, pairs, log), pairs.Exists(pair => pair.IsRetry));
        if (await ActionAttempt.TryAsync(action, context, served.Count, cancellationToken).ConfigureAwait(false) is not { } failure)
            return null;
        pairs.ForEach(pair => pair.Failed(failure));
        var error = ActionErrors.ForCertificates([.. served.Select(renewal => renewal.Result.Name)], failure);
        ActionLog.Failed(log, error.ErrorId, error.Message);
        return error;
    }
}

/// <summary>
/// The services that an action has stopped, in the records of its pairs: as hashes, never as names. So a user who can write a
/// record cannot choose what a run starts.
/// </summary>
internal sealed class StoppedServices(ActionDefinition action, IReadOnlyList<PairFollowUps> pairs, ILogger logger) : IStoppedServices
{
    /// <inheritdoc/>
    public bool Contains(string service) => pairs.Any(pair => pair.HasStopped(Hash(service)));

    /// <inheritdoc/>
    public async Task RecordAsync(IEnumerable<string> services)
    {
        var hashes = services.Select(Hash).ToList();
        foreach (var pair in pairs)
        {
            try
            {
                await pair.ChangeAsync(record => With(record, action.Hash, (record.Stopped.GetValueOrDefault(action.Hash) ?? []).Union(hashes))).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException)
            {
                throw ActionErrors.Failed(action, $"the service was not stopped, because that cannot be recorded in '{pair.RecordPath}': {e.Message}", e);
            }
        }
    }

    /// <inheritdoc/>
    public async Task ForgetAsync(IEnumerable<string> services)
    {
        var hashes = services.Select(Hash).ToList();
        foreach (var pair in pairs)
        {
            try
            {
                await pair.ChangeAsync(record => record.Stopped.Keys.Aggregate(record, (changed, key) => With(changed, key, changed.Stopped[key].Except(hashes)))).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException)
            {
                ActionLog.PendingNotChanged(logger, pair.RecordPath, e.Message);
            }
        }
    }

    // Names of services are not case-sensitive.
    private static string Hash(string service) => ActionHash.Compute(["stopped", service.ToUpperInvariant()]);

    private static FollowUpRecord With(FollowUpRecord record, string action, IEnumerable<string> services)
    {
        var stopped = record.Stopped.ToDictionary();
        stopped[action] = [.. services];
        if (stopped[action].Count == 0)
            stopped.Remove(action);
        return record with { Stopped = stopped };
    }
}
