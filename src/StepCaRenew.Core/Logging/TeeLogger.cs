using Microsoft.Extensions.Logging;

namespace StepCaRenew.Logging;

/// <summary>Passes events to two loggers; each decides which levels it logs.</summary>
internal sealed class TeeLogger(ILogger one, ILogger other) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => one.IsEnabled(logLevel) || other.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        one.Log(logLevel, eventId, state, exception, formatter);
        other.Log(logLevel, eventId, state, exception, formatter);
    }
}
