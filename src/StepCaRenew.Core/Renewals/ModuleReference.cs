namespace StepCaRenew.Renewals;

/// <summary>How a scheduled run names the module.</summary>
internal static class ModuleReference
{
    private const string Name = "StepCaRenew";

    private static StringComparison Comparison => OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>
    /// The module's folder in the folder of modules, without a version: PowerShell loads the newest version from it, so that
    /// an update needs no new registration. If the module does not lie in such a folder, the full path of its manifest.
    /// </summary>
    /// <param name="module">What runs.</param>
    public static string For(RunningModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return VersionsFolder(module.Folder) ?? (IsNamed(module.Folder) ? module.Folder : Path.Combine(module.Folder, Name + ".psd1"));
    }

    /// <summary>Whether a reference names one folder, which an update does not replace.</summary>
    /// <param name="reference">The reference.</param>
    public static bool IsManifest(string reference) => reference.EndsWith(".psd1", StringComparison.OrdinalIgnoreCase);

    /// <summary>The folder that holds a version of the module next to others; null if the folder is not that of a version.</summary>
    /// <param name="folder">The folder of the module.</param>
    public static string? VersionsFolder(string folder) =>
        Path.GetDirectoryName(folder) is { } above && IsNamed(above) && Version.TryParse(Path.GetFileName(folder), out _) ? above : null;

    private static bool IsNamed(string folder) => Name.Equals(Path.GetFileName(folder), Comparison);
}
