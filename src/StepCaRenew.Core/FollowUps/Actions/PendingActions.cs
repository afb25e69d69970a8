using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>What is owed after the replacements of one pair. All but the first look is done under the pair's lock.</summary>
internal sealed class PendingActions(
    IVolume volume, OpenFolders folders, PairPaths paths, IReadOnlyList<ActionDefinition> actions, ActingLocks acting, TimeProvider clock, ILogger logger) : IDisposable
{
    // Clocks are set back, though not by much.
    private static readonly TimeSpan Leeway = TimeSpan.FromMinutes(5);

    private readonly PendingFile file = new(volume, paths, new SharingRetry(clock));
    private ActingTurn? turn;
    private bool isUnreadable;

    /// <summary>Whether an earlier run left a record.</summary>
    public bool IsRecorded => file.Exists;

    /// <summary>Whether another run is at the actions of the pair: what is recorded is then neither run nor dropped.</summary>
    public bool IsAnothers => turn == ActingTurn.Anothers;

    /// <summary>
    /// Whether another run has had these actions for longer than all of them may take: it hangs, or somebody holds the lock
    /// to suppress them.
    /// </summary>
    /// <param name="owed">The actions.</param>
    /// <param name="patience">How long one action may take, unless it says so itself.</param>
    public bool IsOverdue(IReadOnlyList<PendingEntry> owed, TimeSpan patience) =>
        IsAnothers && (isUnreadable || owed.Any(IsOfTheFuture) || (owed.Count > 0 && clock.GetUtcNow() - owed.Min(entry => entry.Time) > PatienceFor(owed, patience)));

    /// <summary>Whether the run takes what is owed with it, and the lock as well, until it is done.</summary>
    public bool IsTakenOver { get; set; }

    /// <summary>Finds what an earlier run still owes, and drops what can't be owed or is not among the call's actions.</summary>
    /// <param name="serialNumber">The certificate that lies there now.</param>
    public IReadOnlyList<PendingEntry> Settle(string serialNumber)
    {
        if (turn is null && (file.Exists || actions.Count > 0))
            turn = acting.Take(folders, paths);
        if (!file.Exists)
            return [];
        if (IsAnothers)
            return Peek(serialNumber);
        IReadOnlyList<PendingEntry> recorded = [];
        Try(() => recorded = file.Read() ?? []);
        if (recorded.Count == 0)
            ActionLog.PendingDamaged(logger, paths.Pending);
        var owed = Owed(recorded, serialNumber);
        var kept = owed.Where(entry => Fits(entry) || entry.Stopped.Count > 0).ToList();
        foreach (var entry in owed.Where(entry => !Fits(entry)))
        {
            // Only the action itself knows the service's name, so that the record stays until it comes again.
            if (entry.Stopped.Count > 0)
                ActionLog.ServiceLeftStopped(logger, paths.Certificate, entry.Index, entry.Time, paths.Pending);
            else
                ActionLog.PendingDropped(logger, paths.Certificate, entry.Index, entry.Time);
        }

        if (kept.Count == 0 || kept.Count < recorded.Count)
            Try(() => file.Write(kept));
        if (kept.Count(Fits) is > 0 and var retried)
            ActionLog.Retried(logger, retried, paths.Certificate);
        return kept;
    }

    /// <summary>Prepares the record of what a replacement will owe: what was owed before it is still owed once.</summary>
    /// <exception cref="RenewalException">It can't be written; nothing was changed.</exception>
    public PendingNote Note(string serialNumber, IReadOnlyList<PendingEntry> before)
    {
        var (now, known) = (clock.GetUtcNow(), before.ToDictionary(entry => entry.Hash));
        var entries = actions
            .Select((action, index) => known.GetValueOrDefault(action.Hash) ?? new PendingEntry(index, action.Hash, serialNumber, now))
            .Concat(before).DistinctBy(entry => entry.Hash).ToList();
        return new PendingNote(file, paths, entries, before.Count > 0, logger);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (turn == ActingTurn.Ours && !IsTakenOver)
            acting.Release(paths);
    }

    private TimeSpan PatienceFor(IEnumerable<PendingEntry> owed, TimeSpan patience) =>
        owed.Aggregate(TimeSpan.Zero, (sum, entry) => sum + (actions.FirstOrDefault(action => action.Hash == entry.Hash)?.Timeout ?? patience));

    // Whoever can write the record could keep an action from ever being overdue by its time, or by a record that says nothing.
    private bool IsOfTheFuture(PendingEntry entry) => entry.Time - clock.GetUtcNow() > Leeway;

    private List<PendingEntry> Peek(string serialNumber)
    {
        IReadOnlyList<PendingEntry> recorded = [];
        Try(() => recorded = file.Read() ?? []);
        isUnreadable = recorded.Count == 0 && file.Exists;
        if (isUnreadable)
            ActionLog.PendingDamaged(logger, paths.Pending);
        return Owed(recorded, serialNumber);
    }

    // If the certificate that was to be replaced is still (or again) there, what uses it has never seen another.
    private static List<PendingEntry> Owed(IReadOnlyList<PendingEntry> recorded, string serialNumber) =>
        [.. recorded.Where(entry => entry.IsOwed(serialNumber)).DistinctBy(entry => entry.Hash)];

    // Whatever lies there, a renewal goes on.
    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException)
        {
            ActionLog.PendingNotChanged(logger, paths.Pending, e.Message);
        }
    }

    private bool Fits(PendingEntry entry) => actions.Any(action => action.Hash == entry.Hash);
}
