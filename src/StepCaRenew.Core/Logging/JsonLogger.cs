using Microsoft.Extensions.Logging;

namespace StepCaRenew.Logging;

/// <summary>Writes every event as one line of JSON. A log that cannot be written gives one warning and never stops a run.</summary>
/// <param name="path">The full path of the file; its folder must exist.</param>
/// <param name="clock">The clock.</param>
/// <param name="fallback">Gets the warning if the log cannot be written.</param>
internal sealed class JsonLogger(string path, TimeProvider clock, ILogger fallback) : ILogger
{
    private readonly RotatingFile file = new(path);
    private readonly object gate = new();
    private bool isBroken;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None && !isBroken;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
            return;
        var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var line = JsonLine.Render(clock.GetUtcNow(), logLevel, eventId, formatter(state, exception), fields);
        lock (gate)
        {
            try
            {
                if (!isBroken)
                    file.Append(line);
                return;
            }
            // Any exception: a log must never stop a run.
            catch (Exception e)
            {
                isBroken = true;
                ActionLog.LogNotWritten(fallback, path, e.Message);
            }
        }
    }
}
