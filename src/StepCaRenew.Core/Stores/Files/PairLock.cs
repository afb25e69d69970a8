using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Stores.Files;

/// <summary>
/// Lets one run at a time work on a pair, across processes and accounts: it locks the certificate, and the key, because
/// two certificates can have one key. The kernel releases both when the process ends. The lock file of the certificate stays,
/// that of the key is removed at the end.
/// </summary>
internal sealed class PairLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly OpenFolders folders;
    private readonly Stack<(FileStream File, string Path, bool IsOfKey)> held = new();

    private PairLock(OpenFolders folders) => this.folders = folders;

    /// <summary>Acquires the lock; waits if another run holds it.</summary>
    /// <returns>Without a lock file that cannot be created because its folder is not writable: then nothing can be replaced there either.</returns>
    /// <exception cref="RenewalException">Another run held it until the timeout (<see cref="ErrorId.Locked"/>).</exception>
    public static async Task<PairLock> AcquireAsync(OpenFolders folders, PairPaths paths, TimeSpan timeout, TimeProvider clock, ILogger logger, CancellationToken cancellationToken)
    {
        var acquired = new PairLock(folders);
        try
        {
            var start = clock.GetTimestamp();
            // Every run takes them in the same order, so that no two runs wait for each other.
            foreach (var path in paths.Locks.Order(StringComparer.Ordinal))
            {
                for (var isWaiting = false; !acquired.TryAdd(path, paths, logger); isWaiting = true)
                {
                    var holder = LockHolder.Describe(folders, path);
                    if (clock.GetElapsedTime(start) >= timeout)
                        throw Locked(paths, path, holder);
                    if (!isWaiting)
                        RenewalLog.LockAwaited(logger, paths.Certificate, holder);
                    await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
                }
            }

            return acquired;
        }
        catch
        {
            acquired.Dispose();
            throw;
        }
    }

    /// <summary>Checks, before a replacement, that the lock still keeps other runs out.</summary>
    /// <exception cref="RenewalException">One of its files was deleted, so another run may be working on the pair (<see cref="ErrorId.Locked"/>).</exception>
    public void RequireInPlace()
    {
        if (held.FirstOrDefault(one => !LockFile.IsInPlace(one.File, folders, one.Path)) is { File: not null } lost)
            throw new RenewalException(
                ErrorId.Locked, $"The lock file '{lost.Path}' was deleted while this run held it; another run may be working on the same pair. Nothing was changed.",
                "Find the program that deletes files named '*stepcarenew*' (a synchronisation or a clean-up), and exclude them there; then run again.");
    }

    /// <summary>Whether a run holds the lock right now.</summary>
    public static bool IsHeld(OpenFolders folders, PairPaths paths) => paths.Locks.Any(path => TryOpen(folders, path, _ => { }) == LockOutcome.Held);

    /// <summary>Removes the lock file of the key that a run left which was killed.</summary>
    public static void RemoveLeftover(OpenFolders folders, PairPaths paths)
    {
        if (!paths.IsOneFile)
            TryOpen(folders, paths.KeyLock, file => Remove(folders, paths.KeyLock, file));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (held.TryPop(out var one))
        {
            if (one.IsOfKey)
                Remove(folders, one.Path, one.File);
            one.File.Dispose();
        }
    }

    private static RenewalException Locked(PairPaths paths, string path, string holder) => new(
        ErrorId.Locked,
        path == paths.Lock ? $"'{paths.Certificate}' is locked by another run: {holder}." : $"'{paths.Certificate}' cannot be locked: another run works on its key '{paths.Key}': {holder}.",
        "Wait until that run has finished, or give a longer -LockTimeout. If it hangs, end that process; this releases the lock.");

    // Only an existing file is opened. A renewal reports why one cannot be locked.
    private static LockOutcome TryOpen(OpenFolders folders, string path, Action<FileStream> use)
    {
        try
        {
            if (!folders.OpenParent(path).Exists(Path.GetFileName(path)))
                return LockOutcome.Impossible;
            var (outcome, file) = LockFile.TryOpen(folders, path);
            using (file)
            {
                if (file is not null)
                    use(file);
            }

            return outcome;
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            return LockOutcome.Impossible;
        }
    }

    // The lock of the certificate keeps other runs out of the pair. That of the key matters only if another certificate has this
    // key, so a run continues if the folder of the key has no space, or no locks.
    private (LockOutcome Outcome, FileStream? File) TryOpenFor(string path, PairPaths paths, ILogger logger)
    {
        try
        {
            return LockFile.TryOpen(folders, path);
        }
        catch (RenewalException e) when (path != paths.Lock)
        {
            RenewalLog.KeyNotLocked(logger, path, e.Message);
            return (LockOutcome.Impossible, null);
        }
    }

    // False if another run holds it.
    private bool TryAdd(string path, PairPaths paths, ILogger logger)
    {
        var (outcome, file) = TryOpenFor(path, paths, logger);
        if (file is not null)
        {
            held.Push((file, path, IsOfKey: path != paths.Lock));
            WriteHolder(file);
        }
        else if (outcome == LockOutcome.Impossible && path == paths.Lock)
        {
            RenewalLog.NotLocked(logger, paths.Certificate);
        }

        return outcome != LockOutcome.Held;
    }

    // While it is held: a run that opened it before finds that it has no name any more, and makes a new one. macOS has no such
    // check; the file stays there.
    private static void Remove(OpenFolders folders, string path, FileStream file)
    {
        try
        {
            // Windows does not delete a file that a process has open.
            if (OperatingSystem.IsWindows())
                file.Dispose();
            if (OperatingSystem.IsWindows() || (OperatingSystem.IsLinux() && LockFile.IsInPlace(file, folders, path)))
                folders.OpenParent(path).Delete(Path.GetFileName(path));
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            // It stays, and does no harm.
        }
    }

    // For the message of a run that waits.
    private static void WriteHolder(FileStream file)
    {
        if (!file.CanWrite || !LockFile.HasOneName(file))
            return;
        try
        {
            file.Write(LockHolder.Format(Environment.ProcessId, CurrentUser.Name));
        }
        catch (IOException)
        {
            // The lock works without it; the disk may be full.
        }
    }
}
