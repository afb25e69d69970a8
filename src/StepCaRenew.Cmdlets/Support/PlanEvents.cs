using System.Collections.Concurrent;
using StepCaRenew.Logging;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Keeps the warnings of a plan for its results: pwsh writes warnings to the standard output, where a script expects one JSON document.</summary>
/// <param name="pipeline">Takes the other events.</param>
internal sealed class PlanEvents(IEventSink pipeline) : IEventSink
{
    private readonly ConcurrentQueue<(string? Name, string Message)> warnings = [];

    /// <inheritdoc/>
    public bool Shows(EventLevel level) => level == EventLevel.Warning || pipeline.Shows(level);

    /// <inheritdoc/>
    public void Show(EventLevel level, string message)
    {
        if (level == EventLevel.Warning)
            warnings.Enqueue((EventSubject.Name, message));
        else
            pipeline.Show(level, message);
    }

    /// <summary>The warnings about a certificate, and those about none of several.</summary>
    /// <param name="name">The name with which its warnings begin; null if it is the only one.</param>
    public TextList For(string? name) => TextList.FromSentences(warnings
        .Where(warning => name is null || (warning.Name ?? name) == name).Select(warning => warning.Message).Distinct());
}
