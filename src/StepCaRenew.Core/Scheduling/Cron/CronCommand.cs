using System.Globalization;
using StepCaRenew.Text;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>The command of a line of cron.</summary>
internal static class CronCommand
{
    /// <summary>The exit code of timeout(1) after a time-out.</summary>
    public const int TimeIsOver = 124;

    // Seconds in which a run that is told to end can finish a replacement.
    private const string Grace = "30";

    /// <summary>The command for sh, with a time limit: cron has none, and a run that hangs would stay for ever.</summary>
    public static string Render(ScheduledRun run) => string.Join(' ',
    [
        "timeout", "-k", Grace, run.TimeLimit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
        .. run.Command.Arguments.Prepend(run.Command.Program).Select(ShellWord.Quote),
    ]);

    /// <summary>The same with its environment, for a crontab in which no line sets variables. cron would mail the output of every run, so there is none.</summary>
    public static string RenderWithVariables(ScheduledRun run) =>
        $"env {string.Join(' ', RunVariables.ForRun(run).Select(variable => ShellWord.Quote($"{variable.Name}={variable.Value}")))} {Render(run)} >/dev/null 2>&1";

    /// <summary>The two lines: one for the times of the schedule, one for the start of the machine.</summary>
    /// <param name="user">The user column with a space, if the file has one; else empty.</param>
    /// <param name="command">The command.</param>
    public static string[] Lines(ScheduledRun run, string user, string command) =>
    [
        $"{CronTimes.Render(run.Interval, run.Phase)} {user}{Escape(command)}",
        string.Create(CultureInfo.InvariantCulture, $"@reboot {user}sleep {StartDelay.For(run).TotalSeconds:0}; {Escape(command)}"),
    ];

    /// <summary>A command as cron reads it: <c>%</c> is escaped, and a line end is not possible.</summary>
    /// <exception cref="RenewalException">The command has a control character.</exception>
    internal static string Escape(string command) => command.Any(char.IsControl)
        ? throw new RenewalException(ErrorId.ModulePathInvalid, $"'{command}' cannot be used in a line of cron: it has a control character.", "Rename the folder, or use systemd.")
        : command.Replace("%", "\\%", StringComparison.Ordinal);
}
