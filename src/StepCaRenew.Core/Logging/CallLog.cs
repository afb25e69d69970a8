using Microsoft.Extensions.Logging;

namespace StepCaRenew.Logging;

/// <summary>
/// The log of one call. Its caller uses no type of the logging package, of which another module may have loaded another
/// version.
/// </summary>
internal sealed class CallLog : ILogger
{
    private readonly ILogger log;

    /// <summary>A log that shows its events in a sink.</summary>
    /// <param name="sink">Shows the events.</param>
    public CallLog(IEventSink sink)
        : this(new SinkLogger(sink))
    {
    }

    private CallLog(ILogger log) => this.log = log;

    /// <summary>This log, and a file to which every event is added as a line of JSON.</summary>
    /// <param name="path">The full path of the file; its folder must exist.</param>
    /// <param name="clock">The clock.</param>
    public CallLog WithFile(string path, TimeProvider clock) => new(new TeeLogger(log, new JsonLogger(path, clock, log)));

    /// <summary>This log, and the event log of Windows.</summary>
    public CallLog WithWindowsEvents() => new(new TeeLogger(log, new WindowsEventLog()));

    /// <summary>Logs that a certificate was not renewed.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="error">The error.</param>
    public void Refused(string path, RenewalException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        RenewalLog.Failed(log, path, error.ErrorId, error.Message);
    }

    /// <summary>Logs a warning.</summary>
    public void Warn(string message) => TaskLog.Warned(log, message);

    /// <summary>Logs an error that ends the call.</summary>
    /// <param name="error">The error.</param>
    public void Ended(RenewalException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        RenewalLog.CallEnded(log, error.ErrorId, error.Message);
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        log.Log(logLevel, eventId, state, exception, formatter);
}

/// <summary>Passes events to two loggers; each decides which levels it logs.</summary>
internal sealed class TeeLogger(ILogger one, ILogger other) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => one.IsEnabled(logLevel) || other.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        one.Log(logLevel, eventId, state, exception, formatter);
        other.Log(logLevel, eventId, state, exception, formatter);
    }
}
