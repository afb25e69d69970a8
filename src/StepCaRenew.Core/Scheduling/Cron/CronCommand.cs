using System.Globalization;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>The command of a line of cron.</summary>
internal static class CronCommand
{
    /// <summary>What timeout(1) ends with where the time was over.</summary>
    public const int TimeIsOver = 124;

    // What a run gets to finish a replacement in, once it is told to end.
    private const string Grace = "30";

    /// <summary>The command for sh. cron ends nothing by itself, so that a run which hangs would stay for ever.</summary>
    public static string Render(ScheduledRun run) => string.Join(' ',
    [
        "timeout", "-k", Grace, run.TimeLimit.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
        .. run.Command.Arguments.Prepend(run.Command.Program).Select(ShellQuoting.Quote),
    ]);

    /// <summary>The same with its environment, for where no line can set it; its output would be mailed every time.</summary>
    public static string RenderWithVariables(ScheduledRun run) =>
        $"env {string.Join(' ', RunVariables.ForRun(run).Select(variable => ShellQuoting.Quote($"{variable.Name}={variable.Value}")))} {Render(run)} >/dev/null 2>&1";

    /// <summary>The two lines: at its times, and after the machine's start.</summary>
    /// <param name="run">The run.</param>
    /// <param name="user">The user column with a blank, where there is one.</param>
    /// <param name="command">The command.</param>
    public static string[] Lines(ScheduledRun run, string user, string command) =>
    [
        $"{CronTimes.Render(run.Interval, run.Phase)} {user}{ShellQuoting.ForCron(command)}",
        string.Create(CultureInfo.InvariantCulture, $"@reboot {user}sleep {StartDelay.For(run).TotalSeconds:0}; {ShellQuoting.ForCron(command)}"),
    ];
}
