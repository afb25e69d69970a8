using System.Management.Automation;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Runs a script block of the caller on the pipeline thread, with the result, or what is to be reported, as $_ and as its argument.</summary>
internal sealed class ScriptBlockRunner(ScriptBlock script, PipelinePump pump) : IScriptBlockRunner
{
    /// <inheritdoc/>
    public Task<(string Output, string? Failure)> RunAsync(IReadOnlyList<RenewalResult> results) => 
        pump.AskAsync(() => Run(results.Count == 1 ? results[0] : results.ToArray()), CancellationToken.None);

    /// <inheritdoc/>
    public Task<(string Output, string? Failure)> RunAsync(Incident incident) => pump.AskAsync(() => Run(Describe(incident)), CancellationToken.None);

    // The names are those of the body of a request, and times are local as in results.
    private static PSObject Describe(Incident incident)
    {
        var subject = new PSObject();
        foreach (var (name, value) in new (string, object?)[]
        {
            ("Event", incident.Event), ("Name", incident.Name), ("CertificatePath", incident.CertificatePath), ("ErrorId", incident.ErrorId), ("Message", incident.Message),
            ("Remedy", incident.Remedy), ("NotAfter", incident.NotAfter?.LocalDateTime), ("Since", incident.Since?.LocalDateTime),
        })
            subject.Properties.Add(new PSNoteProperty(name, value));
        return subject;
    }

    private (string Output, string? Failure) Run(object subject)
    {
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
