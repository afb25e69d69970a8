using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Logging;
using StepCaRenew.Stores;

namespace StepCaRenew.FollowUps;

/// <summary>
/// The locks of the pairs whose follow-ups this call runs, from the run to the end of the actions: no lock of a pair is held
/// meanwhile. A run that finds one held neither runs the follow-ups nor changes their record.
/// </summary>
/// <param name="most">How many files may be held open. The other pairs of a large call do without, as if no lock could be made.</param>
internal sealed class ActingLocks(long most) : IDisposable
{
    // The renewals of one call run side by side, each under the lock of its own pair.
    private readonly Dictionary<string, Held> held = [];

    /// <summary>Half of the files that the process can open: the renewals need some too.</summary>
    public ActingLocks()
        : this(OpenFileLimit.Get() / 2)
    {
    }

    /// <summary>Takes the lock of a pair without waiting: an action that renews its own pair would wait for itself.</summary>
    /// <returns>The lock, to be disposed; null if another run holds it. A call that names a pair twice gets it twice.</returns>
    public IDisposable? TryTake(IPairRecord record, string certificatePath, ILogger logger)
    {
        lock (held)
        {
            if (!held.TryGetValue(record.LockPath, out var known))
            {
                var (outcome, file) = TryOpen(record, logger);
                if (outcome == LockOutcome.Held)
                {
                    ActionLog.LeftToAnother(logger, certificatePath);
                    return null;
                }

                if (held.Count >= most)
                {
                    file?.Dispose();
                    file = null;
                }

                held[record.LockPath] = known = new Held(file);
            }

            known.Count++;
            return new Lease(this, record.LockPath);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (held)
        {
            foreach (var one in held.Values)
                one.File?.Dispose();
            held.Clear();
        }
    }

    private void Release(string path)
    {
        lock (held)
        {
            if (!held.TryGetValue(path, out var one) || --one.Count > 0)
                return;
            one.File?.Dispose();
            held.Remove(path);
        }
    }

    // A lock that cannot be made stops no renewal: at worst an action runs twice.
    private static (LockOutcome Outcome, IDisposable? File) TryOpen(IPairRecord record, ILogger logger)
    {
        try
        {
            return record.TryLock();
        }
        // Such as a state folder that is missing.
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            ActionLog.NotLocked(logger, record.LockPath, e.Message);
            return (LockOutcome.Impossible, null);
        }
    }

    private sealed class Held(IDisposable? file)
    {
        public IDisposable? File => file;

        public int Count { get; set; }
    }

    private sealed class Lease(ActingLocks locks, string path) : IDisposable
    {
        private ActingLocks? locks = locks;

        public void Dispose()
        {
            locks?.Release(path);
            locks = null;
        }
    }
}
