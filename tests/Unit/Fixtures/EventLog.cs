using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>Keeps every event.</summary>
internal sealed class EventLog : ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, EventId Id, string Message)> events = new();

    public IReadOnlyList<(LogLevel Level, EventId Id, string Message)> Events => [.. events];

    public IEnumerable<string> Warnings => events.Where(one => one.Level == LogLevel.Warning).Select(one => one.Message);

    public string Text => string.Join('\n', events.Select(one => one.Message));

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        events.Enqueue((logLevel, eventId, formatter(state, exception)));
}
