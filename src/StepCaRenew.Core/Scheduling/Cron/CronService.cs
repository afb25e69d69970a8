using StepCaRenew.Actions;
using StepCaRenew.Renewals;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>Whether this machine has a cron, and whether it runs.</summary>
internal static class CronService
{
    private static readonly string[] Names = ["cron", "crond", "fcron"];

    /// <summary>Demands that there is a cron that takes such a schedule.</summary>
    /// <exception cref="RenewalException">There is none.</exception>
    public static void RequirePresent(LinuxPaths paths, RenewalScope scope)
    {
        var isThere = scope == RenewalScope.Machine
            ? Directory.Exists(paths.CronFolder) && paths.CronDaemons.Any(File.Exists)
            : ProgramFinder.Find(paths.Crontab) is not null;
        if (!isThere)
            throw SchedulerErrors.Unavailable(
                scope == RenewalScope.Machine ? $"There is no cron on this machine that reads '{paths.CronFolder}', and it was not booted with systemd." : "There is no crontab on PATH.",
                "Install cron (Debian) or cronie, or run Invoke-StepRenewal from the scheduler that there is.");
    }

    /// <summary>A sentence where no daemon runs, as far as that can be told.</summary>
    public static IEnumerable<string> Differences(LinuxPaths paths)
    {
        if (!Directory.Exists(paths.Proc))
            return [];
        // Where the processes of others are hidden, the first one is too, and nothing can be said.
        if (Name(Path.Combine(paths.Proc, "1")) is null)
            return [];
        var daemons = Directory.EnumerateDirectories(paths.Proc).Where(process => Names.Contains(Name(process))).ToList();
        if (daemons.Exists(process => !HasEnded(process)))
            return [];
        // A daemon whose parent does not wait for it stays in the list of processes for ever; this is common in containers.
        var zombie = daemons.Count > 0 ? $" (process {Path.GetFileName(daemons[0])} has ended, and its parent keeps it as a zombie)" : string.Empty;
        return [$"No cron daemon runs{zombie}, so that nothing starts the renewal."];
    }

    private static string? Name(string process) => char.IsAsciiDigit(Path.GetFileName(process)[0]) ? Read(process, "comm")?.Trim() : null;

    // proc(5): the state follows the name, which is in parentheses and may hold some itself.
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
