using System.Text.RegularExpressions;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>The module that a scheduled run imports, and whether it still exists after updates and removals.</summary>
internal static partial class ScheduledModule
{
    private const string Name = "StepCaRenew";
    private const string Manifest = Name + ".psd1";

    /// <summary>The module that a command imports; null if it imports none.</summary>
    public static string? FromCommand(RunCommand command) =>
        command.Arguments.Count > 0 && Import().Match(command.Arguments[^1]) is { Success: true } match ? match.Groups["module"].Value.Replace("''", "'", StringComparison.Ordinal) : null;

    /// <summary>Whether PowerShell can find the module.</summary>
    /// <param name="reference">Its manifest, its folder (with or without folders of versions), or its name.</param>
    /// <param name="pwsh">The pwsh of the schedule; the folder Modules next to it is searched too.</param>
    public static bool Exists(string reference, string pwsh) =>
        !Path.IsPathFullyQualified(reference) ? ModuleFolders(pwsh).Any(folder => HasManifest(Path.Combine(folder, reference)))
        : reference.EndsWith(".psd1", StringComparison.OrdinalIgnoreCase) ? File.Exists(reference)
        : HasManifest(reference);

    private static bool HasManifest(string folder) =>
        File.Exists(Path.Combine(folder, Manifest)) || (Directory.Exists(folder) && Directory.EnumerateDirectories(folder).Any(version => File.Exists(Path.Combine(version, Manifest))));

    private static IEnumerable<string> ModuleFolders(string pwsh) =>
    [
        OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PowerShell", "Modules") : "/usr/local/share/powershell/Modules",
        Path.Combine(Path.GetDirectoryName(pwsh) ?? string.Empty, "Modules"),
    ];

    [GeneratedRegex("Import-Module '(?<module>(?:[^']|'')+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Import();
}

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

/// <summary>The pwsh and the module of this process, which a schedule will run.</summary>
/// <param name="PwshPath">The full path of pwsh; null if another program hosts PowerShell.</param>
/// <param name="Folder">The folder of the module.</param>
internal sealed record RunningModule(string? PwshPath, string Folder);
