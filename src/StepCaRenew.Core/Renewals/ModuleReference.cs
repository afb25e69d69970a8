namespace StepCaRenew.Renewals;

/// <summary>How a scheduled run names the module.</summary>
internal static class ModuleReference
{
    private const string Name = "StepCaRenew";

    /// <summary>
    /// By its name where it lies on the machine's module path, so that an update needs no new registration; else by the
    /// full path of its manifest.
    /// </summary>
    /// <param name="module">What runs.</param>
    public static string Of(RunningModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return MachinePaths(module).Any(path => IsBelow(module.Folder, Path.Combine(path, Name))) ? Name : Path.Combine(module.Folder, Name + ".psd1");
    }

    private static IEnumerable<string> MachinePaths(RunningModule module)
    {
        if (OperatingSystem.IsWindows())
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PowerShell", "Modules");
        else
            yield return "/usr/local/share/powershell/Modules";
        if (module.PwshPath is { } pwsh)
            yield return Path.Combine(Path.GetDirectoryName(pwsh)!, "Modules");
    }

    // The module's own folder, or one of its versions below it.
    private static bool IsBelow(string folder, string parent)
    {
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return folder.Equals(parent, comparison) || string.Equals(Path.GetDirectoryName(folder), parent, comparison);
    }
}
