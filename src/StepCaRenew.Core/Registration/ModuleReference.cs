namespace StepCaRenew.Registration;

/// <summary>The path by which a scheduled run imports the module.</summary>
internal static class ModuleReference
{
    private const string Name = "StepCaRenew";

    private static StringComparison Comparison => OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>
    /// The folder of the module without its version: PowerShell loads the newest version from it, so an update needs no new
    /// registration. If the module is not in a folder of modules, the full path of its manifest.
    /// </summary>
    public static string For(RunningModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return VersionsFolder(module.Folder) ?? (IsNamed(module.Folder) ? module.Folder : Path.Combine(module.Folder, Name + ".psd1"));
    }

    /// <summary>Whether a reference names a manifest, and so only one version.</summary>
    public static bool IsManifest(string reference) => reference.EndsWith(".psd1", StringComparison.OrdinalIgnoreCase);

    /// <summary>The folder with the versions of the module; null if the folder is not that of one version.</summary>
    public static string? VersionsFolder(string folder) =>
        Path.GetDirectoryName(folder) is { } above && IsNamed(above) && Version.TryParse(Path.GetFileName(folder), out _) ? above : null;

    private static bool IsNamed(string folder) => Name.Equals(Path.GetFileName(folder), Comparison);
}
