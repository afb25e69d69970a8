using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;
using StepCaRenew.Policy;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>Runs what the renewals of one call owe: each action once, after the last replacement.</summary>
/// <param name="actions">The actions of the call, in their order.</param>
/// <param name="host">What they have in common.</param>
/// <param name="volumes">Makes the file system of a pair over the folders that were opened for it.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Told of every step.</param>
internal sealed class ActionRunner(IReadOnlyList<ActionDefinition> actions, ActionHost host, Func<OpenFolders, IVolume> volumes, TimeProvider clock, ILogger logger)
{
    private readonly PendingClearance clearance = new(volumes, clock, logger);

    /// <summary>Runs the actions that results owe; an action that fails hinders no other.</summary>
    /// <returns>The results as they are now, in the same order, and one error for each action that failed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; what was not done stays pending.</exception>
    public async Task<(IReadOnlyList<RenewalResult> Results, IReadOnlyList<RenewalException> Errors)> RunAsync(
        IReadOnlyList<RenewalResult> results, CancellationToken cancellationToken)
    {
        var (done, failed, errors) = (new HashSet<string>(), new Dictionary<string, RenewalException>(), new List<RenewalException>());
        // A pair that was named twice acts once, for its last renewal.
        var last = results.Where(result => result.Owed is not null).GroupBy(result => result.Owed!.Paths.Pending).Select(pair => pair.Last()).ToList();
        try
        {
            foreach (var action in actions.DistinctBy(action => action.Hash))
            {
                var owing = last.Where(result => result.Owed!.Include(action)).ToList();
                if (owing.Count == 0)
                    continue;
                if (await TryAsync(action, owing, cancellationToken).ConfigureAwait(false) is { } error)
                {
                    failed[action.Hash] = error;
                    errors.Add(NameCertificates(error, owing));
                }
                else
                {
                    done.Add(action.Hash);
                }
            }
        }
        catch (OperationCanceledException)
        {
            foreach (var result in last)
                await clearance.RunAsync(result.Owed!, done).ConfigureAwait(false);
            throw;
        }

        var pending = new Dictionary<string, bool>();
        foreach (var result in last)
            pending.Add(result.Owed!.Paths.Pending, await clearance.RunAsync(result.Owed, done).ConfigureAwait(false));
        return ([.. results.Select(result => Finish(result, pending, failed))], errors);
    }

    private async Task<RenewalException?> TryAsync(ActionDefinition action, List<RenewalResult> owing, CancellationToken cancellationToken)
    {
        var owed = owing.Select(result => result.Owed!).ToList();
        var variables = ActionEnvironment.Describe([.. owed.Select(one => one.Subject)]);
        var context = new ActionContext(
            host, owing, variables, logger, clock, new StoppedServices(action, owed, volumes, clock, logger), owed.Exists(one => one.IsRetried(action)));
        var patience = Shorter(action.Timeout ?? host.Timeout, Duration.LongestTimeout);
        using var timeout = new CancellationTokenSource(patience, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        cancellationToken.ThrowIfCancellationRequested();
        ActionLog.Started(logger, action.Description, owing.Count);
        var start = clock.GetTimestamp();
        try
        {
            await action.RunAsync(context, end.Token).ConfigureAwait(false);
            ActionLog.Done(logger, action.Description, clock.GetElapsedTime(start).TotalSeconds);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            ActionLog.Stopped(logger, action.Description);
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException || timeout.IsCancellationRequested)
        {
            var error = e switch
            {
                // After the renewal, an action that cannot run is a failed action.
                RenewalException { ErrorId: ErrorId.ActionInvalid } => ActionErrors.Failed(action, e.Message, e),
                RenewalException known => known,
                OperationCanceledException => ActionErrors.Failed(action, $"it did not end within {patience.TotalSeconds:0.#} s, and its processes were ended.", e),
                _ => ActionErrors.Failed(action, e.Message, e),
            };
            ActionLog.Failed(logger, error.ErrorId, NameCertificates(error, owing).Message);
            return error;
        }
    }

    private static RenewalException NameCertificates(RenewalException failure, List<RenewalResult> owing) =>
        ActionErrors.ForCertificates([.. owing.Select(result => result.Name)], failure);

    private static RenewalResult Finish(RenewalResult result, Dictionary<string, bool> pending, Dictionary<string, RenewalException> failed)
    {
        if (result.Owed is not { } owed)
            return result;
        var finished = result with { ActionsPending = pending[owed.Paths.Pending], Owed = null };
        return owed.Entries.Select(entry => failed.GetValueOrDefault(entry.Hash)).FirstOrDefault(error => error is not null) is { } first
            ? finished with { ErrorId = result.ErrorId ?? ErrorId.ActionFailed, Message = $"{result.Message} Its {first.Message}", PublicMessage = $"{result.Message} Its {first.PublicMessage ?? first.Message}" }
            : finished;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
