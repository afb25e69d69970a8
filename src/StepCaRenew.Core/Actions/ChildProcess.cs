using System.Diagnostics;
using StepCaRenew.Logging;
using StepCaRenew.Processes;

namespace StepCaRenew.Actions;

/// <summary>Runs the program of an action and keeps the end of its output.</summary>
internal static class ChildProcess
{
    // As shells and env(1) say it.
    private const int CannotExecute = 126;
    private const int NotFound = 127;

    /// <summary>Runs a program that is to end with exit code 0.</summary>
    /// <exception cref="RenewalException">It could not be started, or ended with another code.</exception>
    public static async Task RunToSuccessAsync(ActionDefinition action, string program, IEnumerable<string> arguments, ActionContext context, CancellationToken cancellationToken)
    {
        // The two streams come by two pipes, and which of their last lines came last is chance: a reason is written to the second.
        var errors = new OutputTail();
        var (code, output) = await RunAsync(action, program, arguments, context, cancellationToken, errors).ConfigureAwait(false);
        if (code == 0)
            return;
        var reason = OutputCleaner.LastLine(errors.ToString()) is { Length: > 0 } said ? said : OutputCleaner.LastLine(output);
        // The interpreter itself may fail over a bad first line: env(1) does, with 127.
        var header = code is CannotExecute or NotFound && ProgramFinder.Find(program) is { } path ? ScriptHeader.Check(path)?.Problem : null;
        throw ActionErrors.Failed(action, $"exit code {code}. {header ?? reason}".TrimEnd(), publicReason: $"exit code {code}. {header}".TrimEnd());
    }

    /// <summary>Runs a program.</summary>
    /// <exception cref="OperationCanceledException">It took too long, or the run was cancelled; it has been ended.</exception>
    /// <exception cref="RenewalException">It could not be started.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        ActionDefinition action, string program, IEnumerable<string> arguments, ActionContext context, CancellationToken cancellationToken, OutputTail? errors = null)
    {
        var path = ProgramFinder.Find(program) ?? throw ActionErrors.Failed(action, "the program has gone.");
        // By this mark what has lost its parent is found as well.
        var mark = Guid.NewGuid().ToString("N");
        var tail = new OutputTail();
        try
        {
            var code = await RunningProgram.RunAsync(
                Start(path, arguments, context, mark), default, tail.ReadAsync, stream => tail.ReadAsync(stream, errors), context.Clock, cancellationToken).ConfigureAwait(false);
            var output = tail.ToString();
            ActionLog.Exited(context.Logger, action.Description, code, OutputCleaner.Clean(output));
            return (code, output);
        }
        catch (OperationCanceledException)
        {
            if (OperatingSystem.IsLinux())
                Stragglers.End(mark);
            ActionLog.Output(context.Logger, action.Description, OutputCleaner.Clean(tail.ToString()));
            throw;
        }
        catch (IOException e)
        {
            throw ActionErrors.Failed(action, $"it can't be started: {ScriptHeader.Check(path)?.Problem ?? PlainText.Strip(e.Message)}", e);
        }
    }

    private static ProcessStartInfo Start(string path, IEnumerable<string> arguments, ActionContext context, string mark)
    {
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = context.Host.WorkingDirectory };
        foreach (var (name, value) in context.Variables)
        {
            // .NET 8 makes an empty variable of null.
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

        ChildVariables.Prepare(start, OperatingSystem.IsWindows());
        start.Environment[Stragglers.Variable] = mark;
        return start;
    }
}
