using Microsoft.Extensions.Logging;

namespace StepCaRenew.Actions;

/// <summary>What an action is given when it runs.</summary>
/// <param name="Host">What all actions of the call have in common.</param>
/// <param name="Results">The renewals that it follows.</param>
/// <param name="Variables">What its processes find in their environment; null takes a variable away.</param>
/// <param name="Logger">Told of output and exit codes.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Stopped">The record of services that the action stops.</param>
/// <param name="IsRetry">Whether an earlier run has tried it, or was killed before it could.</param>
internal sealed record ActionContext(
    ActionHost Host, IReadOnlyList<RenewalResult> Results, IReadOnlyDictionary<string, string?> Variables, ILogger Logger, TimeProvider Clock, IStoppedServices Stopped, bool IsRetry);
