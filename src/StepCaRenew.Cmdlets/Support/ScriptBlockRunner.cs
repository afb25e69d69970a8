using System.Management.Automation;
using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Runs the caller's script block on the pipeline thread, with the result as $_ and as its argument.</summary>
internal sealed class ScriptBlockRunner(ScriptBlock script, PipelinePump pump) : IScriptBlockRunner
{
    /// <inheritdoc/>
    public Task<(string Output, string? Failure)> RunAsync(IReadOnlyList<RenewalResult> results) => pump.AskAsync(() => Run(results), CancellationToken.None);

    private (string Output, string? Failure) Run(IReadOnlyList<RenewalResult> results)
    {
        object subject = results.Count == 1 ? results[0] : results.ToArray();
        try
        {
            var output = script.InvokeWithContext(null, [new PSVariable("_", subject)], subject);
            return (string.Join('\n', output), null);
        }
        // Ctrl+C must end the pipeline.
        catch (RuntimeException e) when (e is not PipelineStoppedException)
        {
            return (string.Empty, (e as ActionPreferenceStopException)?.ErrorRecord.ToString() ?? e.Message);
        }
        // These would leave the caller's loop or script before the result is written.
        catch (FlowControlException e) when (e is LoopFlowException or ExitException)
        {
            return (string.Empty, $"it was left by '{(e is BreakException ? "break" : e is ContinueException ? "continue" : "exit")}'; use return.");
        }
    }
}
