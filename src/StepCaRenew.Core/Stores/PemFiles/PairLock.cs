using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// Lets one run at a time work on a pair, across processes and accounts. The kernel releases the lock when the process ends.
/// The file stays: if it were deleted, two runs could each hold a lock.
/// </summary>
internal sealed class PairLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream file;
    private readonly OpenFolders folders;
    private readonly string path;

    private PairLock(FileStream file, OpenFolders folders, string path) => (this.file, this.folders, this.path) = (file, folders, path);

    /// <summary>Acquires the lock; waits if another run holds it.</summary>
    /// <returns>Null if the lock file cannot be created because the folder is not writable: then nothing can be replaced either.</returns>
    /// <exception cref="RenewalException">Another run held it until the timeout (<see cref="ErrorId.Locked"/>).</exception>
    public static async Task<PairLock?> AcquireAsync(OpenFolders folders, PairPaths paths, TimeSpan timeout, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        for (var (start, isWaiting) = (clock.GetTimestamp(), false); ; isWaiting = true)
        {
            var attempt = LockFile.TryOpen(folders, paths.Lock);
            if (attempt.Outcome == LockOutcome.Impossible)
            {
                RenewalLog.NotLocked(logger, paths.Certificate);
                return null;
            }

            if (attempt.File is not null)
            {
                var acquired = new PairLock(attempt.File, folders, paths.Lock);
                acquired.WriteHolder();
                return acquired;
            }

            var holder = LockHolder.Describe(folders, paths.Lock);
            if (clock.GetElapsedTime(start) >= timeout)
                throw new RenewalException(
                    ErrorId.Locked, $"'{paths.Certificate}' is locked by another run: {holder}.",
                    "Wait until that run has finished, or give a longer -LockTimeout. If it hangs, end that process; this releases the lock.");
            if (!isWaiting)
                RenewalLog.LockAwaited(logger, paths.Certificate, holder);
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Checks, before a replacement, that the lock still keeps other runs out.</summary>
    /// <exception cref="RenewalException">Its file was deleted, so that another run may be working on the pair (<see cref="ErrorId.Locked"/>).</exception>
    public void RequireInPlace()
    {
        if (!LockFile.IsInPlace(file, folders, path))
            throw new RenewalException(
                ErrorId.Locked, $"The lock file '{path}' was deleted while this run held it; another run may be working on the same pair. Nothing was changed.",
                "Find the program that deletes files named '*stepcarenew*' (a synchronisation or a clean-up), and exclude them there; then run again.");
    }

    /// <summary>Whether a run holds the lock right now.</summary>
    public static bool IsHeld(OpenFolders folders, PairPaths paths)
    {
        try
        {
            if (!folders.OpenParent(paths.Lock).Exists(Path.GetFileName(paths.Lock)))
                return false;
            var attempt = LockFile.TryOpen(folders, paths.Lock);
            attempt.File?.Dispose();
            return attempt.Outcome == LockOutcome.Held;
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            // A renewal reports why the file cannot be locked.
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    // For the message of a run that waits.
    private void WriteHolder()
    {
        if (!file.CanWrite || !LockFile.HasOneName(file))
            return;
        var holder = LockHolder.Format(Environment.ProcessId, CurrentUser.Name);
        try
        {
            file.Write(holder);
        }
        catch (IOException)
        {
            // The lock works without it; the disk may be full.
        }
    }
}
