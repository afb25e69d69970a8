using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.FollowUps.Notifiers;

/// <summary>An action that reports a failure, and later its end, instead of following a renewal (<c>-OnFailure</c>).</summary>
/// <param name="Action">A program, a script, a script block or a request to a server.</param>
internal sealed record Notifier(ActionDefinition Action)
{
    /// <summary>Identifies the notifier in a state, without its arguments and its address.</summary>
    public string Hash => ActionHash.Compute(["notifier", .. Action.Identity]);
}
