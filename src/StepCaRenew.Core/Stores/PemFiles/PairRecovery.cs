using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// Finishes or undoes a replacement that a crash cut short. Nothing on disk says what to do but the files themselves:
/// which certificate belongs to which key. Each step can be cut short in its turn.
/// </summary>
/// <param name="volume">The file system.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">Told of what was done.</param>
internal sealed class PairRecovery(IVolume volume, TimeProvider clock, ILogger logger)
{
    private const int MaximumSteps = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SharingRetry retry = new(clock);

    /// <summary>Whether a crash left something beside a pair, or a run is under way.</summary>
    public bool IsNeeded(PairPaths paths) => paths.Leftovers.Any(volume.Exists);

    /// <summary>Mends the pair if it can be mended, and sweeps what a crash left.</summary>
    /// <returns>True where a file of the pair was replaced.</returns>
    /// <exception cref="RenewalException">The pair is half replaced and the folder can't be written (<see cref="ErrorId.RecoveryBlocked"/>).</exception>
    public async Task<bool> RunAsync(PairPaths paths, KeyPassword? password)
    {
        var isMended = false;
        for (var step = 0; step < MaximumSteps && IsNeeded(paths); step++)
        {
            var (state, move) = await DecideAsync(paths, password).ConfigureAwait(false);
            // The load says why.
            if (state is null)
                break;
            if (move is null)
            {
                if (state.Match(paths.Certificate, paths.Key))
                    Sweep(paths);
                break;
            }

            if (!await PutAsync(move, state, paths).ConfigureAwait(false))
                continue;
            RenewalLog.Recovered(logger, paths.Certificate, move.What);
            isMended = true;
        }

        return isMended;
    }

    private async Task<(PairState? State, RecoveryMove? Move)> DecideAsync(PairPaths paths, KeyPassword? password)
    {
        for (var start = clock.GetTimestamp(); ;)
        {
            var state = PairState.TryRead(volume, paths, password);
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
            if (state[move.Target] is { } before)
            {
                var (after, spare) = (state[move.Source]!, move.Spare(paths));
                if (volume.HasRightsOf(move.Source, move.Target))
                    return await new FileSwap(volume, move.Target, move.Source, spare, before, after).InAsync(retry).ConfigureAwait(false);
                // Not the leftover itself, then: whose it is may have it open, and its mode may be older than that of what lies there.
                Copy(after, spare, move.Target);
                return await new FileSwap(volume, move.Target, spare, null, before, after).InAsync(retry).ConfigureAwait(false);
            }

            await retry.RunAsync(() => volume.Rename(move.Source, move.Target), move.Target).ConfigureAwait(false);
            return true;
        }
        catch (RenewalException e) when (e.ErrorId is ErrorId.FolderNotWritable or ErrorId.DiskFull or ErrorId.WriteFailed or ErrorId.PermissionsNotKept)
        {
            throw new RenewalException(
                ErrorId.RecoveryBlocked,
                $"A crash left '{paths.Certificate}' and its key half replaced, and they can't be mended: {e.Message}",
                "Make the folder writable (or free some space) and run again: the next run finishes the replacement.", e);
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

    private void Sweep(PairPaths paths)
    {
        try
        {
            // What matches now may be an exchange that is not on disk yet; the leftovers are the other way back.
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
