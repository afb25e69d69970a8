using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Logging;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>
/// The locks of the pairs whose actions this run has taken upon itself: from the moment that they are owed until they
/// are done, since no pair's own lock is held meanwhile. Who finds one held neither runs nor drops what is recorded.
/// </summary>
/// <param name="logger">Told of locks that can't be had.</param>
/// <param name="most">How many files may be held open for them; the others of a large call do without, and work as where no lock can be made.</param>
internal sealed class ActingLocks(ILogger logger, long most) : IDisposable
{
    // The renewals of one call run side by side, each under the lock of its own pair.
    private readonly ConcurrentDictionary<string, FileStream?> held = [];

    /// <summary>Takes half of what the process may open: the renewals need some as well.</summary>
    public ActingLocks(ILogger logger)
        : this(logger, OpenFileLimit.Get() / 2)
    {
    }

    /// <summary>Takes the lock of a pair, without waiting: an action that renews its own pair would wait for itself.</summary>
    /// <param name="folders">The open folders.</param>
    /// <param name="paths">The pair; its own lock is held.</param>
    /// <returns>Whose the actions are.</returns>
    public ActingTurn Take(OpenFolders folders, PairPaths paths)
    {
        if (held.ContainsKey(paths.Acting))
            return ActingTurn.OursAlready;
        var (outcome, file) = TryOpen(folders, paths);
        if (outcome == LockOutcome.Held)
        {
            ActionLog.LeftToAnother(logger, paths.Certificate);
            return ActingTurn.Anothers;
        }

        if (held.Count >= most)
        {
            file?.Dispose();
            file = null;
        }

        held[paths.Acting] = file;
        return ActingTurn.Ours;
    }

    /// <summary>Frees the lock of a pair.</summary>
    public void Release(PairPaths paths)
    {
        if (held.TryRemove(paths.Acting, out var file))
            file?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in held.Values)
            file?.Dispose();
        held.Clear();
    }

    // A lock that can't be made stops no renewal: at worst an action is done twice.
    private (LockOutcome Outcome, FileStream? File) TryOpen(OpenFolders folders, PairPaths paths)
    {
        try
        {
            return LockFile.TryOpen(folders, paths.Acting);
        }
        // Such as a state folder that is missing.
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            ActionLog.NotLocked(logger, paths.Acting, e.Message);
            return (LockOutcome.Impossible, null);
        }
    }
}
