using System.Security;
using Microsoft.Win32;

namespace StepCaRenew.Logging;

/// <summary>
/// The source of events in the event log of Windows. If it is not registered, events are written as well, but the viewer
/// shows each with a note that its description is missing. Not verified on Windows.
/// </summary>
internal static class WindowsEventSource
{
    /// <summary>The source's name.</summary>
    public const string Name = "StepCaRenew";

    /// <summary>Its key below HKEY_LOCAL_MACHINE.</summary>
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
