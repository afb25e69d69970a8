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
    /// <param name="pwsh">The pwsh of the schedule; next to it are modules for all users.</param>
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
