using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>
/// The options of a call over registered renewals; everything else is in their definitions. Of the settings, a call gives only
/// the time-outs (actions, lock, retries); null keeps that of the definition.
/// </summary>
internal sealed record RegisteredRunOptions : RenewalSettings
{
    /// <summary>The module and the pwsh that run.</summary>
    public required RunningModule Module { get; init; }

    /// <summary>Renew even if not due.</summary>
    public bool IsForced { get; init; }

    /// <summary>A scheduler started the call.</summary>
    public bool IsScheduled { get; init; }

    /// <summary>Nothing is changed, not even a state.</summary>
    public bool IsWhatIf { get; init; }

    /// <summary>Whether the call has several renewals, so warnings begin with their names.</summary>
    public bool IsBatch { get; init; }

    /// <summary>How many renewals of one account run at the same time.</summary>
    public int ThrottleLimit { get; init; } = 1;

    /// <summary>Whether the call names a renewal. If it cannot run, a named one is an error; one that a pattern found is skipped with a warning.</summary>
    public Func<string, bool> IsNamed { get; init; } = _ => true;

    /// <summary>The options of all actions.</summary>
    public ActionHost Host { get; init; } = new();

    /// <summary>Called before anything is changed; false changes nothing.</summary>
    public Func<RenewalPlan, CancellationToken, Task<bool>> ApproveAsync { get; init; } = (_, _) => Task.FromResult(true);
}
