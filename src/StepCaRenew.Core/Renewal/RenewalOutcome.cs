using Microsoft.Extensions.Logging;
using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Renewal;

/// <summary>The outcome of one pair of a call.</summary>
internal sealed class RenewalOutcome
{
    /// <summary>The outcome of an input that was refused before a run began, or of a run.</summary>
    /// <param name="result">The result.</param>
    /// <param name="error">The error if it failed.</param>
    public RenewalOutcome(RenewalResult result, RenewalException? error) => (Result, Error) = (result, error);

    /// <summary>The result; <see cref="RenewalCall.FollowUpAsync"/> adds the outcome of the actions.</summary>
    public RenewalResult Result { get; internal set; }

    /// <summary>The error if it failed.</summary>
    public RenewalException? Error { get; internal set; }

    /// <summary>The actions of the request.</summary>
    internal IReadOnlyList<ActionDefinition> Actions { get; init; } = [];

    /// <summary>The log of this pair alone; null if it has none.</summary>
    internal ILogger? Log { get; init; }
}
