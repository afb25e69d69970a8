using System.Management.Automation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace OtherModule;

/// <summary>Logs a line with this module's own version of the logging package, and returns it.</summary>
[Cmdlet(VerbsCommon.Get, "OtherLog")]
[OutputType(typeof(string))]
public sealed class GetOtherLogCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var logger = new ListLogger();
        logger.LogInformation("Hello from {Module}", "the other module");
        // BufferedLogRecord came with 9.0: with our older version in its place, this would fail.
        logger.Lines.Add(typeof(BufferedLogRecord).Name);
        WriteObject(logger.Lines, enumerateCollection: true);
    }

    private sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
