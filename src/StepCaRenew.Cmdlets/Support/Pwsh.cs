using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Finds the PowerShell that runs scripts: the one of this process, if it can be started.</summary>
internal static class Pwsh
{
    /// <summary>Its full path; null if another program hosts PowerShell and has no pwsh next to it.</summary>
    public static string? Find(SessionState session)
    {
        // As a .NET tool, it is started by a shim in another folder.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "pwsh")
            return Environment.ProcessPath;
        var candidate = Path.Combine(session.PSVariable.GetValue("PSHOME") as string ?? string.Empty, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        return Path.IsPathFullyQualified(candidate) && File.Exists(candidate) ? candidate : null;
    }
}
