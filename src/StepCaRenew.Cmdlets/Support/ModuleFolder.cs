using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>The folder of this module.</summary>
internal static class ModuleFolder
{
    // This assembly is in its folder bin.
    public static string Path { get; } =
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(typeof(ModuleFolder).Assembly.Location)!, ".."));
}

/// <summary>Finds the PowerShell that runs scripts: the one of this process, if it can be started.</summary>
internal static class Pwsh
{
    /// <summary>The full path of pwsh; null if another program hosts PowerShell and has no pwsh next to it.</summary>
    public static string? Find(SessionState session)
    {
        // As a .NET tool, it is started by a shim in another folder.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "pwsh")
            return Environment.ProcessPath;
        var candidate = Path.Combine(session.PSVariable.GetValue("PSHOME") as string ?? string.Empty, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        return Path.IsPathFullyQualified(candidate) && File.Exists(candidate) ? candidate : null;
    }
}

/// <summary>Where the help pages are on the web; Get-Help -Online opens them.</summary>
internal static class HelpPages
{
    /// <summary>The folder of the pages, with a slash at its end.</summary>
    public const string Folder = "https://github.com/StepCaRenew/StepCaRenew/blob/main/docs/commands/";
}
