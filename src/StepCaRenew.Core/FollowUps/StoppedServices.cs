using Microsoft.Extensions.Logging;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;

namespace StepCaRenew.FollowUps;

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
