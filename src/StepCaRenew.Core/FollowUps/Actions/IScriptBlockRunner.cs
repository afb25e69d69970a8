namespace StepCaRenew.FollowUps.Actions;

/// <summary>Runs the script block of the call in the caller's session.</summary>
internal interface IScriptBlockRunner
{
    /// <summary>Runs the script block.</summary>
    /// <returns>Its output as text, and why it failed; null if it did not fail.</returns>
    Task<(string Output, string? Failure)> RunAsync(IReadOnlyList<RenewalResult> results);
}
