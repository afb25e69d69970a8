using System.Management.Automation;
using StepCaRenew.Renewal;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Results and errors in their order. From the first result that waits for an action, all wait.</summary>
internal sealed class Outbox
{
    private List<(RenewalOutcome? Outcome, ErrorRecord? Error)> items = [];

    /// <summary>Whether something waits.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>The outcomes that wait.</summary>
    public IReadOnlyList<RenewalOutcome> Outcomes => [.. items.Select(item => item.Outcome).OfType<RenewalOutcome>()];

    /// <summary>Adds the outcome of one certificate, or an error without one.</summary>
    public void Add(RenewalOutcome? outcome, ErrorRecord? error, bool mustWait)
    {
        items.Add((outcome, error));
        IsWaiting |= mustWait;
    }

    /// <summary>Takes everything out.</summary>
    public IReadOnlyList<(RenewalOutcome? Outcome, ErrorRecord? Error)> Take()
    {
        var taken = items;
        (items, IsWaiting) = ([], false);
        return taken;
    }
}
