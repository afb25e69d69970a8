using Microsoft.Extensions.Logging;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>
/// The input of a running action. A variable that is null is removed from the environment of its processes. IsRetry: an earlier run
/// already tried the action, or was killed before it could.
/// </summary>
internal sealed record ActionContext(
    ActionHost Host, IReadOnlyList<RenewalResult> Results, IReadOnlyDictionary<string, string?> Variables, ILogger Logger, TimeProvider Clock, IStoppedServices Stopped, bool IsRetry);
