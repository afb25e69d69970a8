using Microsoft.Extensions.Logging;
using StepCaRenew.Text;

namespace StepCaRenew.Logging;

/// <summary>Hands events to where they are shown.</summary>
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
            // Names in it may be those of other accounts' files, and a terminal shows it.
            var message = PlainText.Visible(formatter(state, exception));
            sink.Show(level, level == EventLevel.Information ? message : EventSubject.Begin(EventSubject.Name, message));
        }
    }

    // The engine traces nothing, and its failures come as such.
    private static EventLevel? LevelOf(LogLevel level) => level switch
    {
        LogLevel.Debug => EventLevel.Debug,
        LogLevel.Information => EventLevel.Information,
        LogLevel.Warning => EventLevel.Warning,
        _ => null,
    };
}
