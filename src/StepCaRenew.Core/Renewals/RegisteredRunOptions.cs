using StepCaRenew.Actions;

namespace StepCaRenew.Renewals;

/// <summary>What a call over registered renewals decides for this once; all else is the definitions'.</summary>
public sealed record RegisteredRunOptions
{
    /// <summary>What runs.</summary>
    public required RunningModule Module { get; init; }

    /// <summary>Renew now, due or not.</summary>
    public bool IsForced { get; init; }

    /// <summary>A scheduler started it.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>Nothing is to be changed, not even a state.</summary>
    public bool IsWhatIf { get; init; }

    /// <summary>How long to wait for another run; null for what the definition says.</summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>How long a failed request may be tried again; null for what the definition says.</summary>
    public TimeSpan? RetryTimeout { get; init; }

    /// <summary>How long one action may take; null for what the definition says.</summary>
    public TimeSpan? ActionTimeout { get; init; }

    /// <summary>Whether the call is over several renewals: their warnings begin with their names.</summary>
    public bool IsBatch { get; init; }

    /// <summary>How many renewals of one account run at once.</summary>
    public int ThrottleLimit { get; init; } = 1;

    /// <summary>Whether the call names a renewal, so that it is an error if the renewal cannot run; one that a pattern found is skipped with a warning.</summary>
    public Func<string, bool> IsNamed { get; init; } = _ => true;

    /// <summary>What the actions have in common.</summary>
    public ActionHost Host { get; init; } = new();

    /// <summary>Asked before anything is changed.</summary>
    public Func<RenewalPlan, CancellationToken, Task<bool>> ApproveAsync { get; init; } = (_, _) => Task.FromResult(true);
}
