using System.Globalization;
using System.Text.RegularExpressions;
using StepCaRenew.Accounts;
using StepCaRenew.Processes;
using StepCaRenew.Scheduling.Linux;
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
        $"env {string.Join(' ', run.Variables.Select(variable => ShellWord.Quote($"{variable.Name}={variable.Value}")))} {Render(run)} >/dev/null 2>&1";

    /// <summary>The two lines: one for the times of the schedule, one for the start of the machine.</summary>
    /// <param name="user">The user column with a space, if the file has one; else empty.</param>
    /// <param name="command">The command.</param>
    public static string[] Lines(ScheduledRun run, string user, string command) =>
    [
        $"{Times(run.Interval, run.Phase)} {user}{Escape(command)}",
        string.Create(CultureInfo.InvariantCulture, $"@reboot {user}sleep {run.StartDelay.TotalSeconds:0}; {Escape(command)}"),
    ];

    /// <summary>Interval and phase as the first five fields of a line, which has no seconds.</summary>
    internal static string Times(TimeSpan interval, TimeSpan phase) => interval < TimeSpan.FromHours(1)
        ? $"{List(phase.Minutes, (int)interval.TotalMinutes, 60)} * * * *"
        : $"{phase.Minutes} {List(phase.Hours, (int)interval.TotalHours, 24)} * * *";

    // Lists, not steps: not every cron knows a step with a first minute.
    private static string List(int first, int every, int end) => every == 1
        ? "*"
        : string.Join(',', Enumerable.Range(0, end / every).Select(one => (first + (one * every)).ToString(CultureInfo.InvariantCulture)));

    /// <summary>A command as cron reads it: <c>%</c> is escaped, and a line end is not possible.</summary>
    /// <exception cref="RenewalException">The command has a control character.</exception>
    internal static string Escape(string command) => command.Any(char.IsControl)
        ? throw new RenewalException(ErrorId.ModulePathInvalid, $"'{command}' cannot be used in a line of cron: it has a control character.", "Rename the folder, or use systemd.")
        : command.Replace("%", "\\%", StringComparison.Ordinal);
}

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
        .. run.Variables.Select(variable => $"{variable.Name}={Value(variable.Value)}"),
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

/// <summary>The variables that a crontab sets for its commands (crontab(5)).</summary>
internal static partial class CronVariables
{
    public static IReadOnlyDictionary<string, string> Parse(IEnumerable<string> lines)
    {
        var variables = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            if (Setting().Match(line) is { Success: true } match)
                variables[match.Groups["name"].Value] = Unquoted(match.Groups["value"].Value.Trim());
        }

        return variables;
    }

    private static string Unquoted(string value) => value.Length > 1 && (value[0] is '"' or '\'') && value[^1] == value[0] ? value[1..^1] : value;

    [GeneratedRegex("""^\s*["']?(?<name>[A-Za-z_][A-Za-z0-9_]*)["']?\s*=(?<value>.*)$""", RegexOptions.CultureInvariant)]
    private static partial Regex Setting();
}

/// <summary>How lines of cron differ from what they should be.</summary>
internal static class LineDifferences
{
    /// <summary>A sentence for each difference; comments and empty lines do not count.</summary>
    public static IEnumerable<string> Between(string where, IEnumerable<string> expected, IEnumerable<string> found)
    {
        var (wanted, there) = (Significant(expected), Significant(found));
        var (missing, strange) = (wanted.Except(there).ToList(), there.Except(wanted).ToList());
        foreach (var line in missing)
        {
            // The line in its place: the same variable with another value, or the command with other times.
            var instead = strange.FirstOrDefault(other => Key(other) == Key(line));
            strange.Remove(instead ?? string.Empty);
            yield return instead is null ? $"{where}: the line '{line}' is missing." : $"{where}: the line is '{instead}' instead of '{line}'.";
        }

        foreach (var line in strange)
            yield return $"{where}: the line '{line}' should not be there.";
        if (missing.Count == 0 && strange.Count == 0 && !wanted.SequenceEqual(there))
            yield return $"{where}: the order of the lines has changed, or one is there twice.";
    }

    private static List<string> Significant(IEnumerable<string> lines) => lines.Select(line => line.Trim()).Where(line => line is not ("" or ['#', ..])).ToList();

    private static string Key(string line) =>
        line.StartsWith('@') ? "at the start" : line.Split(' ')[0] is var first && first.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? first[..at] : "at its times";
}
