using StepCaRenew.Processes;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>Whether this machine has a cron, and whether the daemon runs.</summary>
internal static class CronService
{
    private static readonly string[] Names = ["cron", "crond", "fcron"];

    /// <summary>Requires a cron that supports a schedule of this scope.</summary>
    /// <exception cref="RenewalException">There is no such cron.</exception>
    public static void RequirePresent(LinuxPaths paths, RenewalScope scope)
    {
        var isThere = scope == RenewalScope.Machine
            ? Directory.Exists(paths.CronFolder) && paths.CronDaemons.Any(File.Exists)
            : ProgramFinder.Find(paths.Crontab) is not null;
        if (!isThere)
            throw SchedulerErrors.Unavailable(
                scope == RenewalScope.Machine ? $"This machine has no cron that reads '{paths.CronFolder}', and it was not booted with systemd." : "There is no crontab on PATH.",
                "Install cron (Debian) or cronie, or run Invoke-StepRenewal from another scheduler.");
    }

    /// <summary>A sentence if no daemon runs, as far as that can be found out.</summary>
    public static IEnumerable<string> Differences(LinuxPaths paths)
    {
        if (!Directory.Exists(paths.Proc))
            return [];
        // If the first process is hidden, those of other users are hidden too, the daemon among them.
        if (Name(Path.Combine(paths.Proc, "1")) is null)
            return [];
        var daemons = Directory.EnumerateDirectories(paths.Proc).Where(process => Names.Contains(Name(process))).ToList();
        if (daemons.Exists(process => !HasEnded(process)))
            return [];
        // An ended daemon stays listed as a zombie if its parent does not wait for it; this is common in containers.
        var zombie = daemons.Count > 0 ? $" (process {Path.GetFileName(daemons[0])} has ended and is a zombie)" : string.Empty;
        return [$"No cron daemon runs{zombie}, so nothing starts the renewal."];
    }

    private static string? Name(string process) => char.IsAsciiDigit(Path.GetFileName(process)[0]) ? Read(process, "comm")?.Trim() : null;

    // proc(5): the state follows the name, which is in parentheses and can contain some itself.
    private static bool HasEnded(string process) =>
        Read(process, "stat") is { } stat && stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart() is ['Z' or 'X' or 'x', ..];

    private static string? Read(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
