using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// One run at a time per pair, over all processes and users. The kernel frees it when the process dies, so that there
/// is never anything to clean up; the file itself stays, since deleting it would let two runs hold two locks.
/// </summary>
internal sealed class PairLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream file;
    private readonly OpenFolders folders;
    private readonly string path;

    private PairLock(FileStream file, OpenFolders folders, string path) => (this.file, this.folders, this.path) = (file, folders, path);

    /// <summary>Takes the lock, and waits for it if another run has it.</summary>
    /// <returns>Null where no lock can be made since the folder can't be written: then nothing can be replaced there either.</returns>
    /// <exception cref="RenewalException">Another run holds it for longer than the patience (<see cref="ErrorId.Locked"/>).</exception>
    public static async Task<PairLock?> AcquireAsync(OpenFolders folders, PairPaths paths, TimeSpan patience, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
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
                var taken = new PairLock(attempt.File, folders, paths.Lock);
                taken.NameHolder();
                return taken;
            }

            var holder = LockHolder.Describe(folders, paths.Lock);
            if (clock.GetElapsedTime(start) >= patience)
                throw new RenewalException(
                    ErrorId.Locked, $"Another run works on '{paths.Certificate}': {holder}.",
                    "Let it finish, or give a longer -LockTimeout. If it hangs, end that process; its lock goes with it.");
            if (!isWaiting)
                RenewalLog.LockAwaited(logger, paths.Certificate, holder);
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Demands that the lock still keeps others out: before something is replaced.</summary>
    /// <exception cref="RenewalException">Somebody deleted its file, and another run may be under way by now (<see cref="ErrorId.Locked"/>).</exception>
    public void RequireInPlace()
    {
        if (!LockFile.IsInPlace(file, folders, path))
            throw new RenewalException(
                ErrorId.Locked, $"The lock file '{path}' was deleted while this run had it, so that another run may work on the same pair. Nothing was changed.",
                "Find out what deletes files whose names hold 'stepcarenew' (a synchronisation, a clean-up), and keep it from that; then run again.");
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
            // What can't be locked is held by nobody; a renewal says what is wrong with it.
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    // For the message of whoever waits. Never truncated: a reader finds the old name or the new one.
    private void NameHolder()
    {
        if (!file.CanWrite || !LockFile.HasOneName(file))
            return;
        var name = LockHolder.Format(Environment.ProcessId, CurrentUser.Name);
        try
        {
            file.Write(name);
        }
        catch (IOException)
        {
            // A full disk: the lock holds without a name.
        }
    }
}
