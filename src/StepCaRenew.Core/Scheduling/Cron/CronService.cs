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
    public static void Demand(LinuxPaths paths, RenewalScope scope)
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
        var canTell = Name(Path.Combine(paths.Proc, "1")) is not null;
        return canTell && !Directory.EnumerateDirectories(paths.Proc).Any(process => Names.Contains(Name(process))) ? ["No cron daemon runs, so that nothing starts the renewal."] : [];
    }

    private static string? Name(string process)
    {
        if (!char.IsAsciiDigit(Path.GetFileName(process)[0]))
            return null;
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
