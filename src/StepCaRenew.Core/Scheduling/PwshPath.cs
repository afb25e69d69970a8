using System.Text.RegularExpressions;
using StepCaRenew.FileSystem;
using StepCaRenew.Text;

namespace StepCaRenew.Scheduling;

/// <summary>Which pwsh a schedule can use: one whose path stays the same when PowerShell is updated.</summary>
internal static partial class PwshPath
{
    /// <summary>
    /// The path that leads to the same pwsh after an update: the launcher of a .NET tool, the current revision of a snap, the alias
    /// of an app (MSIX), or a link on PATH that leads to a folder with a version in its name.
    /// </summary>
    /// <param name="path">The full path of the pwsh that runs.</param>
    /// <returns>The path itself if there is no lasting one; <see cref="RequireSuitable"/> refuses it if a version is in it.</returns>
    public static string Lasting(string path) => Lasting(
        path, Environment.GetEnvironmentVariable("PATH"), Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "Microsoft", "WindowsApps"));

    /// <inheritdoc cref="Lasting(string)"/>
    internal static string Lasting(string path, string? searchPath, string? aliases = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!HasVersion(path))
            return path;
        // A launcher outlives every version of its tool; it runs the one that is installed.
        if (ToolStore().Match(path) is { Success: true } store)
            return new[] { store.Groups["tools"].Value + Path.GetFileName(path) }.FirstOrDefault(File.Exists) ?? path;
        if (aliases is not null && AppFolder().Match(path) is { Success: true } app)
            return AliasesOf(app, aliases).FirstOrDefault(File.Exists) ?? path;
        return Names(path, searchPath).FirstOrDefault(name => File.Exists(name) && !HasVersion(name) && IsSame(name, path)) ?? path;
    }

    /// <summary>Refuses a pwsh that updates move or replace, or that another account cannot run. Reads no file.</summary>
    /// <param name="path">The path of pwsh, of Windows or Unix.</param>
    /// <exception cref="RenewalException">The path is unsuitable (<see cref="ErrorId.PwshUnsuitable"/>).</exception>
    public static void RequireSuitable(string path, RenewalScope scope)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!FullPath().IsMatch(path))
            throw Unsuitable(path, "it is not a full path");
        var segments = path.Split('\\', '/');
        if (!Program().IsMatch(segments[^1]))
            throw Unsuitable(path, "it is not pwsh");
        if (segments.Any(segment => Preview().IsMatch(segment)))
            throw Unsuitable(path, "it is a preview version");
        if (segments.Contains("WindowsApps", StringComparer.OrdinalIgnoreCase))
            RequireAlias(path, scope);
        // The launcher of a .NET tool looks for its program in the profile of the user who runs it.
        if (scope == RenewalScope.Machine && ToolFolder().IsMatch(path))
            throw Unsuitable(path, "it is a .NET tool of one user");
        if (HasVersion(path))
            throw new RenewalException(
                ErrorId.PwshUnsuitable, $"'{path}' cannot be the pwsh of a schedule: its path has a version in it, and an update removes that folder.",
                OperatingSystem.IsWindows()
                    ? "Install PowerShell by its MSI, whose folder stays the same, and register from that pwsh."
                    : $"Make a link that you keep up to date, and register again: ln -s {ShellWord.Quote(path)} /usr/local/bin/pwsh. Or install PowerShell by a package of the system.");
    }

    // A user's own schedule runs in the session of that user, in which Windows resolves the alias. Not verified on Windows.
    private static void RequireAlias(string path, RenewalScope scope)
    {
        if (scope == RenewalScope.Machine)
            throw new RenewalException(
                ErrorId.PwshUnsuitable, $"'{path}' cannot be the pwsh of a schedule of the machine: it is the app of the Microsoft Store (MSIX), which SYSTEM cannot start.",
                "Install PowerShell by its MSI (winget install --id Microsoft.PowerShell --source winget --installer-type wix), and register from that pwsh.");
        if (!AppAlias().IsMatch(path))
            throw new RenewalException(
                ErrorId.PwshUnsuitable, $"'{path}' cannot be the pwsh of a schedule: it is the app of the Microsoft Store (MSIX), whose folder changes with every update, and its alias 'pwsh.exe' is turned off.",
                "Turn the alias on (Settings, Apps, App execution aliases) and register again; or install PowerShell by its MSI (winget install --id Microsoft.PowerShell --source winget --installer-type wix).");
    }

    // The alias in the folder of the app's family first: no other app can take it.
    private static IEnumerable<string> AliasesOf(Match app, string aliases)
    {
        yield return Path.Combine(aliases, $"{app.Groups["name"].Value}_{app.Groups["publisher"].Value}", app.Groups["program"].Value);
        yield return Path.Combine(aliases, app.Groups["program"].Value);
    }

    private static bool HasVersion(string path) => path.Split('\\', '/').SkipLast(1).Any(segment => Version().IsMatch(segment)) || SnapRevision().IsMatch(path);

    private static IEnumerable<string> Names(string path, string? searchPath)
    {
        if (SnapRevision().Match(path) is { Success: true } snap)
            yield return $"{snap.Groups["snap"].Value}current{snap.Groups["rest"].Value}";
        if (OperatingSystem.IsWindows())
            yield break;
        var folders = (searchPath ?? string.Empty).Split(Path.PathSeparator).Where(Path.IsPathFullyQualified);
        foreach (var folder in folders.Concat(["/usr/local/bin", "/usr/bin"]))
            yield return Path.Combine(folder, "pwsh");
    }

    private static bool IsSame(string one, string other)
    {
        try
        {
            return TargetPath.Follow(one) == TargetPath.Follow(other);
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    private static RenewalException Unsuitable(string path, string why) => new(
        ErrorId.PwshUnsuitable, $"'{path}' cannot be the pwsh of a schedule: {why}.",
        "Install PowerShell for the whole machine, by its MSI or a package of the system, and register from that pwsh.");

    [GeneratedRegex(@"^(/|[A-Za-z]:[\\/]|\\\\[^\\?.])")]
    private static partial Regex FullPath();

    [GeneratedRegex(@"^pwsh(-(preview|lts))?(\.exe)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Program();

    // 7-preview, 7.6.0-preview.4, PowerShell-7.6.0-rc.1-win-x64, powershell-preview, pwsh-preview, the app Microsoft.PowerShellPreview.
    [GeneratedRegex(@"^((\d+(\.\d+)*|(pwsh|powershell).*)-(preview|rc)\b|Microsoft\.PowerShellPreview_)", RegexOptions.IgnoreCase)]
    private static partial Regex Preview();

    // 7.6.9, v7.6, PowerShell-7.6.0-win-x64. Not 7 or 7-lts, the folders of packages, which updates keep.
    [GeneratedRegex(@"(^|[-_])v?\d+\.\d+", RegexOptions.IgnoreCase)]
    private static partial Regex Version();

    // C:\Program Files\WindowsApps\Microsoft.PowerShell_7.6.0.0_x64__8wekyb3d8bbwe\pwsh.exe
    [GeneratedRegex(@"[\\/]WindowsApps[\\/](?<name>[^\\/_]+)_[^\\/]*_(?<publisher>[^\\/_]+)[\\/](?<program>[^\\/]+)$", RegexOptions.IgnoreCase)]
    private static partial Regex AppFolder();

    // Below a user's profile, at most in the folder of the app's family.
    [GeneratedRegex(@"[\\/]AppData[\\/]Local[\\/]Microsoft[\\/]WindowsApps[\\/]([^\\/]+[\\/])?[^\\/]+$", RegexOptions.IgnoreCase)]
    private static partial Regex AppAlias();

    [GeneratedRegex(@"^(?<snap>/snap/[^/]+/)x?\d+(?<rest>/.*)$")]
    private static partial Regex SnapRevision();

    [GeneratedRegex(@"^(?<tools>.*[\\/])\.store[\\/]powershell[\\/]", RegexOptions.IgnoreCase)]
    private static partial Regex ToolStore();

    [GeneratedRegex(@"[\\/]\.dotnet[\\/]tools[\\/]", RegexOptions.IgnoreCase)]
    private static partial Regex ToolFolder();
}
