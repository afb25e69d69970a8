using System.Text.RegularExpressions;
using StepCaRenew.Renewals;

namespace StepCaRenew.Scheduling;

/// <summary>Which pwsh a schedule may count on: one that is still there, and still the same, in a year.</summary>
public static partial class PwshPath
{
    /// <summary>Refuses one that updates move or replace, or that another account can't run; looks at no file.</summary>
    /// <param name="path">The path of pwsh, of Windows or Unix.</param>
    /// <param name="scope">Whose schedule.</param>
    /// <exception cref="RenewalException">It is unsuitable (<see cref="ErrorId.PwshUnsuitable"/>).</exception>
    public static void Demand(string path, RenewalScope scope)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!FullPath().IsMatch(path))
            throw Unsuitable(path, "it is no full path");
        var segments = path.Split('\\', '/');
        if (!Program().IsMatch(segments[^1]))
            throw Unsuitable(path, "it is no pwsh");
        if (segments.Contains("WindowsApps", StringComparer.OrdinalIgnoreCase))
            throw Unsuitable(path, "it is the app of the Microsoft Store, whose folder changes with every update, and which SYSTEM can't start");
        if (segments.Any(segment => Preview().IsMatch(segment)))
            throw Unsuitable(path, "it is a preview");
        // The shim of a .NET tool looks for its program below the profile of whoever runs it.
        if (scope == RenewalScope.Machine && ToolFolder().IsMatch(path))
            throw Unsuitable(path, "it is a .NET tool of a user");
    }

    private static RenewalException Unsuitable(string path, string why) => new(
        ErrorId.PwshUnsuitable, $"'{path}' can't be the pwsh of a schedule: {why}.",
        "Install PowerShell for the whole machine, by its MSI or a package of the system, and register from that pwsh.");

    [GeneratedRegex(@"^(/|[A-Za-z]:[\\/]|\\\\[^\\?.])")]
    private static partial Regex FullPath();

    [GeneratedRegex(@"^pwsh(-(preview|lts))?(\.exe)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Program();

    // 7-preview, 7.6.0-preview.4, PowerShell-7.6.0-rc.1-win-x64, powershell-preview, pwsh-preview.
    [GeneratedRegex(@"^(\d+(\.\d+)*|(pwsh|powershell).*)-(preview|rc)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Preview();

    [GeneratedRegex(@"[\\/]\.dotnet[\\/]tools[\\/]", RegexOptions.IgnoreCase)]
    private static partial Regex ToolFolder();
}
