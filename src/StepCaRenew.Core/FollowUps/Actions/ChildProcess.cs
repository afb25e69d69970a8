using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Logging;
using StepCaRenew.Processes;
using StepCaRenew.Text;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>Runs the program of an action and keeps the end of its output.</summary>
internal static class ChildProcess
{
    // Exit codes of shells and env(1).
    private const int CannotExecute = 126;
    private const int NotFound = 127;

    /// <summary>Runs a program and requires exit code 0.</summary>
    /// <exception cref="RenewalException">The program could not be started, or ended with another exit code.</exception>
    public static async Task RunToSuccessAsync(ActionDefinition action, string program, IEnumerable<string> arguments, ActionContext context, CancellationToken cancellationToken)
    {
        // A reason is usually written to stderr. Which of the two streams wrote the last line is not known: they are separate pipes.
        var errors = new OutputTail();
        var (code, output) = await RunAsync(action, program, arguments, context, cancellationToken, errors).ConfigureAwait(false);
        if (code == 0)
            return;
        var reason = OutputCleaner.LastLine(errors.ToString()) is { Length: > 0 } line ? line : OutputCleaner.LastLine(output);
        // env(1) as the interpreter fails with 127 if the first line is bad.
        var header = code is CannotExecute or NotFound && ProgramFinder.Find(program) is { } path ? ScriptHeader.Check(path)?.Problem : null;
        throw ActionErrors.ExitCode(action, code, header ?? reason, publicReason: header);
    }

    /// <summary>Runs a program.</summary>
    /// <exception cref="OperationCanceledException">The program took too long, or the run was cancelled; the program has been ended.</exception>
    /// <exception cref="RenewalException">The program could not be started.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        ActionDefinition action, string program, IEnumerable<string> arguments, ActionContext context, CancellationToken cancellationToken, OutputTail? errors = null)
    {
        var path = ProgramFinder.Find(program) ?? throw ActionErrors.Failed(action, $"'{program}' no longer exists.");
        // Also finds processes whose parent has ended.
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
            throw ActionErrors.Failed(action, $"the program cannot be started: {ScriptHeader.Check(path)?.Problem ?? PlainText.Strip(e.Message)}", e);
        }
    }

    private static ProcessStartInfo Start(string path, IEnumerable<string> arguments, ActionContext context, string mark)
    {
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = context.Host.WorkingDirectory };
        foreach (var (name, value) in context.Variables)
        {
            // .NET 8 turns null into an empty variable.
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

/// <summary>
/// Ends processes that an action left running and that are no longer its children because their parent has ended. On Linux; found
/// by an environment variable. A daemon is not ended: it has its own session.
/// </summary>
internal static class Stragglers
{
    /// <summary>The environment variable that marks the processes of an action.</summary>
    public const string Variable = "STEPCARENEW_ACTION";

    private const int Kill = 9;
    private const int Rounds = 5;

    /// <summary>Ends all marked processes, and those that they start meanwhile.</summary>
    /// <param name="mark">The value of the variable.</param>
    [SupportedOSPlatform("linux")]
    public static void End(string mark)
    {
        var entry = Encoding.UTF8.GetBytes($"{Variable}={mark}\0");
        var session = ReadSession("self");
        for (var round = 0; round < Rounds; round++)
        {
            var found = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
                .Where(name => name!.All(char.IsAsciiDigit) && IsMarked(name!, entry) && ReadSession(name!) == session).ToList();
            if (found.Count == 0)
                return;
            foreach (var name in found)
                _ = UnixNative.Kill(int.Parse(name!, CultureInfo.InvariantCulture), Kill);
        }
    }

    private static bool IsMarked(string process, byte[] entry)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{process}/environ").AsSpan().IndexOf(entry) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or belongs to another user.
            return false;
        }
    }

    // proc_pid_stat(5): the name can contain any character, so the fields are counted from its closing bracket.
    private static string? ReadSession(string process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
