using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using StepCaRenew.Text;

namespace StepCaRenew.Logging;

/// <summary>
/// Writes the events of a scheduled run, Information and above, with their ids to the event log of Windows. It does nothing
/// on other systems, and a failure never stops a run. Not verified on Windows.
/// </summary>
internal sealed class WindowsEventLog : ILogger
{
    // The longest string that ReportEvent accepts.
    private const int Longest = 31_839;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => OperatingSystem.IsWindows() && logLevel is >= LogLevel.Information and not LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (OperatingSystem.IsWindows() && IsEnabled(logLevel))
            Write(logLevel, eventId.Id, Text(formatter(state, exception)));
    }

    /// <summary>The type of an event: EVENTLOG_ERROR_TYPE, EVENTLOG_WARNING_TYPE, EVENTLOG_INFORMATION_TYPE.</summary>
    internal static ushort TypeOf(LogLevel level) => level switch
    {
        >= LogLevel.Error => 1,
        LogLevel.Warning => 2,
        _ => 4,
    };

    /// <summary>The message without null characters, which would end it, and not longer than the log allows.</summary>
    internal static string Text(string message)
    {
        var text = PlainText.Visible(message.Replace('\0', ' '));
        return text.Length > Longest ? text[..Longest] : text;
    }

    [SupportedOSPlatform("windows")]
    private static unsafe void Write(LogLevel level, int id, string text)
    {
        var source = WindowsEventNative.RegisterEventSource(null, WindowsEventSource.Name);
        if (source == 0)
            return;
        fixed (char* line = text)
        {
            var lines = (nint)line;
            WindowsEventNative.ReportEvent(source, TypeOf(level), 0, (uint)id, 0, 1, 0, (nint)(&lines), 0);
        }

        WindowsEventNative.DeregisterEventSource(source);
    }
}
