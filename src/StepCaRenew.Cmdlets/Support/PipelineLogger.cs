using System.Management.Automation;
using Microsoft.Extensions.Logging;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Shows the engine's events on PowerShell's streams. Failures are error records of their own.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="pump">The way to its thread.</param>
/// <param name="ending">The levels that may end the call: they are shown after its outcome, which comes soon where the work is to end as well.</param>
internal sealed class PipelineLogger(PSCmdlet cmdlet, PipelinePump pump, IReadOnlyDictionary<LogLevel, bool> ending) : ILogger
{
    // Nobody would see the others, and over ten thousand certificates they would take as long as the work.
    private readonly LogLevel lowest = EndingLevels.ShowsVerbose(cmdlet) ? LogLevel.Debug : LogLevel.Information;

    private static readonly string[] Tags = ["StepCaRenew"];

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= lowest && logLevel <= LogLevel.Warning;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var message = formatter(state, exception);
        Action show = logLevel switch
        {
            LogLevel.Warning => () => cmdlet.WriteWarning(message),
            LogLevel.Information => () => cmdlet.WriteInformation(message, Tags),
            _ => () => cmdlet.WriteVerbose(message),
        };
        if (!ending.TryGetValue(logLevel, out var endsTheWork))
        {
            pump.Post(show);
            return;
        }

        pump.PostLate(show);
        if (endsTheWork)
            pump.Stop();
    }
}
