using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Stores.Files;

/// <summary>
/// Completes or undoes a replacement that was interrupted. There is no journal: which certificate matches which key says
/// what to do. Each step can itself be interrupted.
/// </summary>
/// <param name="volume">The file system.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">The logger.</param>
/// <param name="mayBeNew">Whether a new pair is about to take the place: then leftovers that complete no pair are removed.</param>
internal sealed class PairRecovery(IVolume volume, TimeProvider clock, ILogger logger, bool mayBeNew = false)
{
    private const int MaximumSteps = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SharingRetry retry = new(clock);

    /// <summary>Whether there are leftovers of a replacement that was interrupted, or that another run is making right now.</summary>
    public bool IsNeeded(PairPaths paths) => Array.Exists(paths.Leftovers, volume.Exists);

    /// <summary>Completes or undoes the replacement if only half of the pair was replaced, and removes the leftovers of a pair that matches.</summary>
    /// <returns>True if a file of the pair was replaced.</returns>
    /// <exception cref="RenewalException">Only half of the pair was replaced, and a file cannot be written (<see cref="ErrorId.RecoveryBlocked"/>).</exception>
    public async Task<bool> RunAsync(PairPaths paths, IPairForm form)
    {
        var hasReplaced = false;
        for (var step = 0; step < MaximumSteps && IsNeeded(paths); step++)
        {
            var (state, move) = await DecideAsync(paths, form).ConfigureAwait(false);
            // Loading the pair reports why.
            if (state is null)
                break;
            if (move is null)
            {
                if (mayBeNew || state.Match(paths.Certificate, paths.Key))
                    RemoveLeftovers(paths);
                break;
            }

            if (!await PutAsync(move, state, paths).ConfigureAwait(false))
                continue;
            RenewalLog.Recovered(logger, paths.Certificate, move.Outcome);
            hasReplaced = true;
        }

        return hasReplaced;
    }

    private async Task<(PairState? State, RecoveryMove? Move)> DecideAsync(PairPaths paths, IPairForm form)
    {
        for (var start = clock.GetTimestamp(); ;)
        {
            var state = PairState.TryRead(volume, paths, form);
            var move = state is null || state.Match(paths.Certificate, paths.Key) ? null : RecoveryMove.Find(state, paths);
            if (move is null || move.IsCertain(state!, paths) || clock.GetElapsedTime(start) >= Patience)
                return (state, move);
            await Task.Delay(Pause, clock, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<bool> PutAsync(RecoveryMove move, PairState state, PairPaths paths)
    {
        try
        {
            var (before, after, backup) = (state[move.Target], state[move.Source]!, move.BackupPath(paths));
            if (before is null)
            {
                // A copy that is flushed: a run that was killed may have left an unflushed file of a first pair.
                Copy(after, backup, move.Source);
                await retry.RunAsync(() => volume.Rename(backup, move.Target), move.Target).ConfigureAwait(false);
                return true;
            }

            if (!mayBeNew && volume.HasRightsOf(move.Source, move.Target))
                return await new FileSwap(volume, move.Target, move.Source, backup, before, after).ReplaceAsync(retry).ConfigureAwait(false);
            // A copy with the present permissions: the leftover may have older ones, and another account may have it open.
            Copy(after, backup, move.Target);
            return await new FileSwap(volume, move.Target, backup, null, before, after).ReplaceAsync(retry).ConfigureAwait(false);
        }
        catch (RenewalException e) when (e.ErrorId is ErrorId.FolderNotWritable or ErrorId.DiskFull or ErrorId.WriteFailed or ErrorId.PermissionsNotKept)
        {
            throw new RenewalException(
                ErrorId.RecoveryBlocked,
                $"'{paths.Certificate}' does not match its key: a replacement was interrupted and cannot be completed. {e.Message}",
                "Make the folder writable, or free some space; the next run completes the replacement.", e);
        }
    }

    private void Copy(byte[] content, string path, string model)
    {
        try
        {
            if (volume.Exists(path))
                volume.Delete(path);
            using var copy = volume.CreateLike(path, model);
            copy.Write(content);
            copy.Flush();
            if (copy.LostOwner is { } owner)
                RenewalLog.OwnerNotKept(logger, model, owner, CurrentUser.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WriteErrors.Map(e, model);
        }
    }

    private void RemoveLeftovers(PairPaths paths)
    {
        try
        {
            // The exchange that made the pair match is perhaps not on disk yet; until it is, the leftovers are needed.
            foreach (var folder in paths.Folders)
                volume.FlushFolder(folder);
        }
        catch (IOException)
        {
            return;
        }

        foreach (var path in paths.Leftovers.Where(volume.Exists))
        {
            if (PairSweep.TryDelete(volume, path))
                RenewalLog.Swept(logger, path);
            else
                RenewalLog.NotSwept(logger, path);
        }
    }
}
