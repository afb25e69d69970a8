using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Results and errors in their order; from the first one that waits for an action, all wait.</summary>
internal sealed class Outbox
{
    private readonly HashSet<string> errorIds = [];
    private List<(RenewalResult? Result, ErrorRecord? Error)> items = [];
    private bool hasEnded;
    private bool wasRefused;

    /// <summary>Whether something waits.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>The results that wait.</summary>
    public IReadOnlyList<RenewalResult> Results => [.. items.Where(item => item.Result is not null).Select(item => item.Result!)];

    /// <summary>The ids of all failures of the call.</summary>
    public IReadOnlyCollection<string> ErrorIds => errorIds;

    /// <summary>Whether the call did anything that a monitor should hear of: not with -WhatIf, and not over nothing at all.</summary>
    public bool CanTell => hasEnded && !wasRefused;

    /// <summary>Takes the outcome of one certificate, or an error without one.</summary>
    public void Add(RenewalResult? result, ErrorRecord? error, bool mustWait)
    {
        items.Add((result, error));
        IsWaiting |= mustWait;
        wasRefused |= result?.Status == RenewalStatus.WouldRenew;
        Note(error);
    }

    /// <summary>Puts the results after the actions in the place of those before.</summary>
    public void Replace(IReadOnlyList<RenewalResult> results, IEnumerable<ErrorRecord> errors)
    {
        var next = 0;
        items = [.. items.Select(item => item.Result is null ? item : (results[next++], item.Error))];
        foreach (var error in errors)
        {
            items.Add((null, error));
            Note(error);
        }
    }

    /// <summary>Gives all out.</summary>
    public IReadOnlyList<(RenewalResult? Result, ErrorRecord? Error)> Take()
    {
        var taken = items;
        (items, IsWaiting) = ([], false);
        return taken;
    }

    /// <summary>Takes note of an end, and of the failure that it was.</summary>
    public void Note(ErrorRecord? error)
    {
        hasEnded = true;
        if (error?.Exception is RenewalException failure)
            errorIds.Add(failure.ErrorId);
    }
}
