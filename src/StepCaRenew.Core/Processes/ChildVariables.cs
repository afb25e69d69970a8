using System.Diagnostics;

namespace StepCaRenew.Processes;

/// <summary>Environment variables of PowerShell 7 that break other programs.</summary>
internal static class ChildVariables
{
    private const string ModulePath = "PSModulePath";

    /// <summary>Removes PSModulePath for Windows PowerShell.</summary>
    /// <remarks>
    /// With the PSModulePath of this process, Windows PowerShell 5.1 would load modules of PowerShell 7. Without the variable it uses
    /// its own folders and those of the machine (about_PSModulePath). PowerShell removes it too when a script starts powershell.exe.
    /// A shell in between, such as cmd.exe, still passes the variable on.
    /// </remarks>
    public static void Prepare(ProcessStartInfo start, bool isWindows)
    {
        if (isWindows && IsWindowsPowerShell(start.FileName))
            start.Environment.Remove(ModulePath);
    }

    private static bool IsWindowsPowerShell(string path) =>
        path[(path.LastIndexOfAny(['\\', '/']) + 1)..].ToUpperInvariant() is "POWERSHELL.EXE" or "POWERSHELL" or "POWERSHELL_ISE.EXE" or "POWERSHELL_ISE";
}
