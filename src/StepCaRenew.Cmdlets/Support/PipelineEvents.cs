using System.Management.Automation;
using StepCaRenew.Logging;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Shows the engine's events on PowerShell's streams. Failures are error records of their own.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="pump">Runs actions on the pipeline thread.</param>
/// <param name="ending">The levels that can end the call; their events are shown after the outcome.</param>
internal sealed class PipelineEvents(PSCmdlet cmdlet, PipelinePump pump, EndingLevels ending) : IEventSink
{
    // Lower levels are not visible, and for ten thousand certificates they would take as long as the work.
    private readonly EventLevel lowest = EndingLevels.ShowsVerbose(cmdlet) ? EventLevel.Debug : EventLevel.Information;

    private static readonly string[] Tags = ["StepCaRenew"];

    /// <inheritdoc/>
    public bool Shows(EventLevel level) => level >= lowest;

    /// <inheritdoc/>
    public void Show(EventLevel level, string message)
    {
        Action show = level switch
        {
            EventLevel.Warning => () => cmdlet.WriteWarning(message),
            EventLevel.Information => () => cmdlet.WriteInformation(message, Tags),
            _ => () => cmdlet.WriteVerbose(message),
        };
        if (!ending.Contains(level))
        {
            pump.Post(show);
            return;
        }

        pump.PostLate(show);
        if (ending.EndTheWork(level))
            pump.Stop();
    }
}
