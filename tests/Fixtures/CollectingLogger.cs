using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StepCaRenew.Fixtures;

/// <summary>Keeps every event, and lets a test act at the moment of one.</summary>
internal sealed class CollectingLogger : ILogger
{
    private readonly ConcurrentQueue<LoggedEvent> events = new();

    public IReadOnlyList<LoggedEvent> Events => [.. events];

    public IEnumerable<int> Ids => events.Select(one => one.Id);

    public IEnumerable<string> Warnings => events.Where(one => one.Level == LogLevel.Warning).Select(one => one.Message);

    /// <summary>All messages, one a line.</summary>
    public string Text => string.Join('\n', events.Select(one => one.Message));

    /// <summary>Called with the id on the thread of the run, which waits for it.</summary>
    public Action<int>? OnEvent { get; set; }

    public int Count(int id) => Ids.Count(one => one == id);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join('\n', pairs.Select(pair => $"{pair.Key}={pair.Value}")) : $"{state}";
        events.Enqueue(new(eventId.Id, logLevel, formatter(state, exception), values, exception));
        OnEvent?.Invoke(eventId.Id);
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}

/// <summary>An event as a log would hold it: the message, and the values by name.</summary>
internal sealed record LoggedEvent(int Id, LogLevel Level, string Message, string Values, Exception? Exception);
