using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>
/// The record in the files of pending actions: hashes of names, never a name, so that nobody who can write these files chooses
/// what a run starts.
/// </summary>
internal sealed class StoppedServices(ActionDefinition action, IReadOnlyList<OwedActions> owed, Func<OpenFolders, IVolume> volumes, TimeProvider clock, ILogger logger) : IStoppedServices
{
    /// <inheritdoc/>
    // Whatever action recorded it: the same service may be named in another way by now (capitals, the display name).
    public bool Contains(string service) => owed.SelectMany(one => one.Entries).Any(entry => entry.Stopped.Contains(HashOf(service)));

    /// <inheritdoc/>
    public async Task RecordAsync(IEnumerable<string> services)
    {
        var hashes = services.Select(HashOf).ToList();
        foreach (var one in owed)
        {
            try
            {
                await ChangeAsync(one, entry => entry.Hash == action.Hash ? entry with { Stopped = [.. entry.Stopped.Union(hashes)] } : entry).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException)
            {
                throw ActionErrors.Failed(action, $"it was not stopped, since that cannot be recorded in '{one.Paths.Pending}': {e.Message}", e);
            }
        }
    }

    /// <inheritdoc/>
    public async Task ForgetAsync(IEnumerable<string> services)
    {
        var hashes = services.Select(HashOf).ToList();
        foreach (var one in owed)
        {
            try
            {
                await ChangeAsync(one, entry => entry with { Stopped = [.. entry.Stopped.Except(hashes)] }).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException)
            {
                ActionLog.PendingNotChanged(logger, one.Paths.Pending, e.Message);
            }
        }
    }

    // Names of services do not know case.
    private static string HashOf(string service) => ActionHash.Compute(["stopped", service.ToUpperInvariant()]);

    private async Task ChangeAsync(OwedActions one, Func<PendingEntry, PendingEntry> change)
    {
        using var folders = new OpenFolders();
        var file = new PendingFile(volumes(folders), one.Paths, new SharingRetry(clock));
        using var pairLock = await PairLock.AcquireAsync(folders, one.Paths, one.LockTimeout, clock, logger, CancellationToken.None).ConfigureAwait(false);
        // A record that has gone, or that another run has made since, gets this action's entry again.
        var recorded = file.Exists ? file.Read() ?? [] : [];
        var entries = recorded.Concat(one.Entries).DistinctBy(entry => entry.Hash);
        file.Write([.. entries.Select(change)]);
    }
}
