using Microsoft.Extensions.Logging;

namespace StepCaRenew.Logging;

/// <summary>
/// The log of one call. Whoever makes it needs no type of the logging package, and so may live where another module has
/// loaded another version of that.
/// </summary>
internal sealed class CallLog : ILogger
{
    private readonly ILogger log;

    /// <summary>Makes one that shows events.</summary>
    /// <param name="sink">Where.</param>
    public CallLog(IEventSink sink)
        : this(new SinkLogger(sink))
    {
    }

    private CallLog(ILogger log) => this.log = log;

    /// <summary>This one, and a file that every event is added to as a line of JSON besides.</summary>
    /// <param name="path">The full path of the file; its folder must exist.</param>
    /// <param name="clock">The clock.</param>
    public CallLog WithFile(string path, TimeProvider clock) => new(new TeeLogger(log, new JsonLogger(path, clock, log)));

    /// <summary>This one, and the event log of Windows besides.</summary>
    public CallLog WithWindowsEvents() => new(new TeeLogger(log, new WindowsEventLog()));

    /// <summary>Logs that an input could not be renewed.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="error">The error.</param>
    public void Refused(string path, RenewalException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        RenewalLog.Failed(log, path, error.ErrorId, error.Message);
    }

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
