using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Finds the PowerShell that scripts run in: the one that runs us, where it can be started.</summary>
internal static class Pwsh
{
    /// <summary>Its full path; null where another program hosts PowerShell and there is none beside.</summary>
    public static string? Find(SessionState session)
    {
        // Installed as a tool of .NET, it is started by a shim that lies elsewhere.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "pwsh")
            return Environment.ProcessPath;
        var beside = Path.Combine(session.PSVariable.GetValue("PSHOME") as string ?? string.Empty, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        return Path.IsPathFullyQualified(beside) && File.Exists(beside) ? beside : null;
    }
}
