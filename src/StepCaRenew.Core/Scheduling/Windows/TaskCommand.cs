using System.Text;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>The program of a task and its arguments in one string.</summary>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record TaskCommand(string Program, string Arguments)
{
    // The limits of the schema (pathType) and of CreateProcess.
    private const int LongestPath = 260;
    private const int LongestLine = 32766;

    /// <summary>The command line of a run.</summary>
    /// <exception cref="RenewalException">The command cannot be used in a task (<see cref="ErrorId.ModulePathInvalid"/>).</exception>
    public static TaskCommand ForRun(ScheduledRun run)
    {
        var command = new TaskCommand(TaskXml.RequirePlain(run.Command.Program), TaskXml.RequirePlain(WindowsCommandLine.Join(ArgumentsOf(run))));
        if (command.Program.Length is 0 or > LongestPath)
            throw TooLong($"The path of pwsh has {command.Program.Length} characters; Task Scheduler allows {LongestPath}.");
        if (command.Program.Length + command.Arguments.Length + 3 > LongestLine)
            throw TooLong($"The command line of the task is longer than {LongestLine} characters, the limit of Windows.");
        return command;
    }

    // A task cannot set variables, so the command of pwsh, its last argument, does.
    private static IEnumerable<string> ArgumentsOf(ScheduledRun run) => run.Home is null
        ? run.Command.Arguments
        : [.. run.Command.Arguments.SkipLast(1), $"$env:STEPCARENEW_HOME = {RunCommand.Quote(run.Home)}; {run.Command.Arguments[^1]}"];

    private static RenewalException TooLong(string message) => new(ErrorId.ModulePathInvalid, message, "Install pwsh and the module in folders with shorter paths.");
}

/// <summary>
/// Joins arguments to a command line of Windows, by the rules of CommandLineToArgvW and the C runtime: backslashes are plain
/// unless a quotation mark follows them; then two mean one.
/// </summary>
internal static class WindowsCommandLine
{
    /// <summary>Joins arguments, without the program.</summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    private static string Quote(string argument)
    {
        if (argument.Length > 0 && !argument.Any(one => one == '"' || char.IsWhiteSpace(one)))
            return argument;
        var quoted = new StringBuilder("\"");
        var backslashes = 0;
        foreach (var one in argument)
        {
            // Double the backslashes before a quotation mark, and escape the mark with one more.
            if (one == '"')
                quoted.Append('\\', backslashes + 1);
            backslashes = one == '\\' ? backslashes + 1 : 0;
            quoted.Append(one);
        }

        return quoted.Append('\\', backslashes).Append('"').ToString();
    }
}
