namespace StepCaRenew.Scheduling.Windows;

/// <summary>The program of a task and its arguments in one string.</summary>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record TaskCommand(string Program, string Arguments)
{
    // The limits of the schema (pathType) and of CreateProcess.
    private const int LongestPath = 260;
    private const int LongestLine = 32766;

    /// <summary>Makes it.</summary>
    /// <exception cref="RenewalException">The command cannot be used in a task (<see cref="ErrorId.ModulePathInvalid"/>).</exception>
    public static TaskCommand ForRun(ScheduledRun run)
    {
        var command = new TaskCommand(TaskText.RequirePlain(run.Command.Program), TaskText.RequirePlain(WindowsCommandLine.Join(ArgumentsOf(run))));
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
