using System.Security;
using Microsoft.Win32;

namespace StepCaRenew.Logging;

/// <summary>
/// The name under which events appear in the event log of Windows. Without it they are written all the same, but the viewer
/// puts an apology before each. Not verified on Windows.
/// </summary>
internal static class WindowsEventSource
{
    /// <summary>The source's name.</summary>
    public const string Name = "StepCaRenew";

    /// <summary>Where Windows keeps it, below HKEY_LOCAL_MACHINE.</summary>
    internal const string KeyPath = $@"SYSTEM\CurrentControlSet\Services\EventLog\Application\{Name}";

    /// <summary>A file of Windows itself, whose messages 1 to 1000 are each the one string of the event.</summary>
    internal const string MessageFile = @"%SystemRoot%\System32\EventCreate.exe";

    // Error, warning and information.
    private const int TypesSupported = 7;

    /// <summary>Makes the source where the rights allow it; changes nothing where it is there.</summary>
    /// <returns>Whether it is there now; false off Windows.</returns>
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
