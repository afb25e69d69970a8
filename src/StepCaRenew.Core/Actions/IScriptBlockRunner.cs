namespace StepCaRenew.Actions;

/// <summary>Runs the call's script block in the session that it came from.</summary>
public interface IScriptBlockRunner
{
    /// <summary>Runs it.</summary>
    /// <param name="results">The renewals that it follows.</param>
    /// <returns>What it put out, as text, and why it failed; null where it did not.</returns>
    Task<(string Output, string? Failure)> RunAsync(IReadOnlyList<RenewalResult> results);
}
