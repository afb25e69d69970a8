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

/// <summary>Shows the events of a call. Called from any thread.</summary>
internal interface IEventSink
{
    /// <summary>Whether events of a level are shown; the others are not even formatted.</summary>
    /// <param name="level">The level.</param>
    bool Shows(EventLevel level);

    /// <summary>Shows an event.</summary>
    /// <param name="level">Its level.</param>
    /// <param name="message">The event as text.</param>
    void Show(EventLevel level, string message);
}

/// <summary>How important an event is to the user who started the call. Failures are shown as errors instead.</summary>
internal enum EventLevel
{
    /// <summary>A single step.</summary>
    Debug,

    /// <summary>A result.</summary>
    Information,

    /// <summary>Something that the user should check.</summary>
    Warning,
}

/// <summary>
/// The name with which warnings and debug events begin while a call works on several certificates; the events themselves
/// often do not name theirs. Each asynchronous flow has its own.
/// </summary>
internal static class EventSubject
{
    private static readonly AsyncLocal<string?> Current = new();

    /// <summary>The name; null if there is a single certificate.</summary>
    public static string? Name
    {
        get => Current.Value;
        set => Current.Value = value;
    }

    /// <summary>A message that begins with a name.</summary>
    /// <param name="name">The name; null for none.</param>
    /// <param name="message">The message.</param>
    public static string Begin(string? name, string message) => name is null ? message : $"{name}: {message}";
}
