using Microsoft.Win32;

namespace StepCaRenew.Scheduling;

/// <summary>A lasting identifier of this machine: machine-id(5) on Linux, MachineGuid on Windows.</summary>
internal static class MachineId
{
    private static readonly string[] Files = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

    /// <summary>
    /// The id together with the machine's name, so that cloned machines with the same id still start at different times. It
    /// never leaves the machine.
    /// </summary>
    public static string Read() => $"{Id()}/{Environment.MachineName}";

    private static string? Id()
    {
        if (OperatingSystem.IsWindows())
            return Registry.GetValue(@"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography", "MachineGuid", null) as string;
        foreach (var file in Files)
        {
            try
            {
                if (File.ReadAllText(file).Trim() is { Length: > 0 } id)
                    return id;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A container often has no id; then the name alone is used.
            }
        }

        return null;
    }
}
