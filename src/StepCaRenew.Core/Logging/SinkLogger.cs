using Microsoft.Extensions.Logging;
using StepCaRenew.Text;

namespace StepCaRenew.Logging;

/// <summary>Passes events to a sink, which shows them.</summary>
internal sealed class SinkLogger(IEventSink sink) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => LevelOf(logLevel) is { } level && sink.Shows(level);

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (LevelOf(logLevel) is { } level && sink.Shows(level))
        {
            // The message can contain names that another account chose, and a terminal shows it.
            var message = PlainText.Visible(formatter(state, exception));
            sink.Show(level, level == EventLevel.Information ? message : EventSubject.Begin(EventSubject.Name, message));
        }
    }

    // No event has another level, except failures, which are shown as errors.
    private static EventLevel? LevelOf(LogLevel level) => level switch
    {
        LogLevel.Debug => EventLevel.Debug,
        LogLevel.Information => EventLevel.Information,
        LogLevel.Warning => EventLevel.Warning,
        _ => null,
    };
}
