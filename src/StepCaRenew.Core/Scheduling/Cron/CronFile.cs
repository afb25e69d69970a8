using StepCaRenew.Accounts;
using StepCaRenew.Processes;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>The file of a renewal in cron's folder.</summary>
internal static class CronFile
{
    public static string Render(ScheduledRun run) =>
        FileMark.ForRenewal(run.Name) + string.Concat(Lines(run).Select(line => line + "\n"));

    // No mail: a run reports in its log and its state, and cron would send one at every run while the CA is down.
    private static IEnumerable<string> Lines(ScheduledRun run) =>
    [
        "SHELL=/bin/sh",
        $"PATH={ProgramFinder.SystemPath}",
        "MAILTO=\"\"",
        .. RunVariables.ForRun(run).Select(variable => $"{variable.Name}={Value(variable.Value)}"),
        .. CronCommand.Lines(run, LinuxAccount.NameOf(run.Account) + " ", CronCommand.Render(run)),
    ];

    // crontab(5) has two kinds of quotation marks, and no way to escape one within its own kind.
    private static string Value(string value)
    {
        if (value.Any(char.IsControl) || (value.Contains('"', StringComparison.Ordinal) && value.Contains('\'', StringComparison.Ordinal)))
            throw new RenewalException(ErrorId.ModulePathInvalid, $"'{value}' cannot be used in a file of cron: it has both kinds of quotation marks, or a control character.", "Rename the folder, or use systemd.");
        return value.All(one => char.IsAsciiLetterOrDigit(one) || one is '/' or '-' or '.' or '_') ? value : value.Contains('"', StringComparison.Ordinal) ? $"'{value}'" : $"\"{value}\"";
    }
}
