using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>The options of one call for registered renewals; all else is in their definitions.</summary>
internal sealed record RegisteredRunOptions
{
    /// <summary>The module and pwsh of this process.</summary>
    public required RunningModule Module { get; init; }

    /// <summary>Renew even if not due.</summary>
    public bool IsForced { get; init; }

    /// <summary>A scheduler started the call.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>Change nothing, not even a state.</summary>
    public bool IsWhatIf { get; init; }

    /// <summary>How long to wait for another run; null for the value of the definition.</summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>How long to retry a failed request; null for the value of the definition.</summary>
    public TimeSpan? RetryTimeout { get; init; }

    /// <summary>The time limit of one action; null for the value of the definition.</summary>
    public TimeSpan? ActionTimeout { get; init; }

    /// <summary>Whether the call runs several renewals, so that warnings begin with a name.</summary>
    public bool IsBatch { get; init; }

    /// <summary>How many renewals of one account run at the same time.</summary>
    public int ThrottleLimit { get; init; } = 1;

    /// <summary>Whether the call names a renewal, which then must run. A renewal that matches only a pattern is skipped with a warning if it cannot run.</summary>
    public Func<string, bool> IsNamed { get; init; } = _ => true;

    /// <summary>The options of all actions.</summary>
    public ActionHost Host { get; init; } = new();

    /// <summary>Asked before anything is changed.</summary>
    public Func<RenewalPlan, CancellationToken, Task<bool>> ApproveAsync { get; init; } = (_, _) => Task.FromResult(true);
}
