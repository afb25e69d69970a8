using StepCaRenew.Pairs;

namespace StepCaRenew.Actions;

/// <summary>What one certificate's run leaves to be done after the last certificate.</summary>
/// <param name="Paths">The pair.</param>
/// <param name="Entries">The actions, by hash.</param>
/// <param name="Subject">What they are told.</param>
/// <param name="LockTimeout">How long to wait for the pair's lock, to write down what was done.</param>
internal sealed record OwedActions(PairPaths Paths, IReadOnlyList<PendingEntry> Entries, ActionSubject Subject, TimeSpan LockTimeout)
{
    /// <summary>Whether an action is among them.</summary>
    public bool Include(ActionDefinition action) => Entries.Any(entry => entry.Hash == action.Hash);
}
