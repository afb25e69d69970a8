using System.Diagnostics;

namespace StepCaRenew.Actions;

/// <summary>Environment variables of this PowerShell that would mislead a program.</summary>
internal static class ChildVariables
{
    private const string ModulePath = "PSModulePath";

    /// <summary>Removes from the environment of a program what would mislead it.</summary>
    /// <remarks>
    /// Windows PowerShell 5.1 would load modules of PowerShell 7 by the PSModulePath of this process. Without the variable it takes
    /// its own folders and those of the machine (about_PSModulePath). PowerShell itself does the same for a powershell.exe that a
    /// script names. A shell between, such as cmd.exe, hands the variable on.
    /// </remarks>
    public static void Prepare(ProcessStartInfo start, bool isWindows)
    {
        if (isWindows && IsWindowsPowerShell(start.FileName))
            start.Environment.Remove(ModulePath);
    }

    private static bool IsWindowsPowerShell(string path) =>
        path[(path.LastIndexOfAny(['\\', '/']) + 1)..].ToUpperInvariant() is "POWERSHELL.EXE" or "POWERSHELL" or "POWERSHELL_ISE.EXE" or "POWERSHELL_ISE";
}
