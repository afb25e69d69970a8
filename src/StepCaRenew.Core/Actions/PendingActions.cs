using Microsoft.Extensions.Logging;
using StepCaRenew.Files;
using StepCaRenew.Logging;
using StepCaRenew.Pairs;

namespace StepCaRenew.Actions;

/// <summary>What is owed after the replacements of one pair. All but the first look is done under the pair's lock.</summary>
internal sealed class PendingActions(IVolume volume, PairPaths paths, IReadOnlyList<ActionDefinition> actions, TimeProvider clock, ILogger logger)
{
    private readonly PendingFile file = new(volume, paths);

    /// <summary>Whether an earlier run left a record.</summary>
    public bool IsRecorded => file.Exists;

    /// <summary>Finds what an earlier run still owes, and drops what can't be owed or is not among the call's actions.</summary>
    /// <param name="serialNumber">The certificate that lies there now.</param>
    public IReadOnlyList<PendingEntry> Settle(string serialNumber)
    {
        if (!file.Exists)
            return [];
        IReadOnlyList<PendingEntry> recorded = [];
        Try(() => recorded = file.Read() ?? []);
        if (recorded.Count == 0)
            ActionLog.PendingDamaged(logger, paths.Pending);
        // The certificate that was to be replaced is still (or again) there: what uses it has never seen another.
        var owed = recorded.Where(entry => entry.SerialNumber != serialNumber).DistinctBy(entry => entry.Hash).ToList();
        var kept = owed.Where(Fits).ToList();
        foreach (var entry in owed.Where(entry => !Fits(entry)))
            ActionLog.PendingDropped(logger, paths.Certificate, entry.Index, entry.Time);
        if (kept.Count == 0 || kept.Count < recorded.Count)
            Try(() => file.Write(kept));
        return kept;
    }

    /// <summary>Prepares the record of what a replacement will owe: what was owed before it is still owed once.</summary>
    /// <exception cref="RenewalException">It can't be written; nothing was changed.</exception>
    public PendingNote Note(string serialNumber, IReadOnlyList<PendingEntry> before)
    {
        var (now, known) = (clock.GetUtcNow(), before.ToDictionary(entry => entry.Hash));
        var entries = actions
            .Select((action, index) => known.GetValueOrDefault(action.Hash) ?? new PendingEntry(index, action.Hash, serialNumber, now))
            .DistinctBy(entry => entry.Hash).ToList();
        return new PendingNote(file, paths, entries, before.Count > 0, logger);
    }

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
