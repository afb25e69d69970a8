using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Win32;
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

/// <summary>
/// The source of events in the event log of Windows. If it is not registered, events are written as well, but the viewer
/// shows each with a note that its description is missing. Not verified on Windows.
/// </summary>
internal static class WindowsEventSource
{
    /// <summary>The source's name.</summary>
    public const string Name = "StepCaRenew";

    /// <summary>The registry key of the source, below HKEY_LOCAL_MACHINE.</summary>
    internal const string KeyPath = $@"SYSTEM\CurrentControlSet\Services\EventLog\Application\{Name}";

    /// <summary>A file of Windows, whose messages 1 to 1000 consist of the one string of the event.</summary>
    internal const string MessageFile = @"%SystemRoot%\System32\EventCreate.exe";

    // Error, warning and information.
    private const int TypesSupported = 7;

    /// <summary>Registers the source if this account has the right to; does nothing if it is registered.</summary>
    /// <returns>Whether it is registered now; false on other systems.</returns>
    public static bool Register()
    {
        if (!OperatingSystem.IsWindows())
            return false;
        try
        {
            using (var there = Registry.LocalMachine.OpenSubKey(KeyPath))
            {
                if (there?.GetValue("EventMessageFile") is not null)
                    return true;
            }

            using var key = Registry.LocalMachine.CreateSubKey(KeyPath);
            key.SetValue("EventMessageFile", MessageFile, RegistryValueKind.ExpandString);
            key.SetValue("TypesSupported", TypesSupported, RegistryValueKind.DWord);
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SecurityException or IOException)
        {
            return false;
        }
    }
}

/// <summary>The calls of the event log of Windows; .NET's class for it is in a package that the module does not ship.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsEventNative
{
    [LibraryImport("advapi32", EntryPoint = "RegisterEventSourceW", StringMarshalling = StringMarshalling.Utf16)]
    internal static partial nint RegisterEventSource(string? server, string source);

    [LibraryImport("advapi32", EntryPoint = "ReportEventW")]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool ReportEvent(
        nint source, ushort type, ushort category, uint id, nint user, ushort stringCount, uint dataSize, nint strings, nint data);

    [LibraryImport("advapi32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    internal static partial bool DeregisterEventSource(nint source);
}
