using System.ComponentModel;
using System.Diagnostics;
using StepCaRenew.Logging;

namespace StepCaRenew.Actions;

/// <summary>Runs a program, ends it with its children where it must not go on, and keeps the end of its output.</summary>
internal static class ChildProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Runs a program that is to end with exit code 0.</summary>
    /// <exception cref="RenewalException">It could not be started, or ended with another code.</exception>
    public static async Task DemandSuccessAsync(ActionDefinition action, string program, IEnumerable<string> arguments, ActionContext context, CancellationToken cancellationToken)
    {
        var (code, output) = await RunAsync(action, program, arguments, context, cancellationToken).ConfigureAwait(false);
        if (code != 0)
            throw ActionErrors.Failed(action, $"exit code {code}. {OutputCleaner.LastLine(output)}".TrimEnd());
    }

    /// <summary>Runs a program.</summary>
    /// <exception cref="OperationCanceledException">It took too long, or the run was cancelled; it has been ended.</exception>
    /// <exception cref="RenewalException">It could not be started.</exception>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        ActionDefinition action, string program, IEnumerable<string> arguments, ActionContext context, CancellationToken cancellationToken)
    {
        var mark = Guid.NewGuid().ToString("N");
        using var process = Start(action, program, arguments, context with { Variables = new Dictionary<string, string?>(context.Variables) { [Stragglers.Variable] = mark } });
        var tail = new OutputTail();
        var reading = Task.WhenAll(tail.ReadAsync(process.StandardOutput.BaseStream), tail.ReadAsync(process.StandardError.BaseStream));
        try
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process, context.Clock).ConfigureAwait(false);
            if (OperatingSystem.IsLinux())
                Stragglers.End(mark);
            ActionLog.Output(context.Logger, action.Description, OutputCleaner.Clean(tail.ToString()));
            throw;
        }

        // A daemon that it started may keep the pipes open for years.
        await Task.WhenAny(reading, Task.Delay(Patience, context.Clock, CancellationToken.None)).ConfigureAwait(false);
        var output = tail.ToString();
        ActionLog.Exited(context.Logger, action.Description, process.ExitCode, OutputCleaner.Clean(output));
        return (process.ExitCode, output);
    }

    private static Process Start(ActionDefinition action, string program, IEnumerable<string> arguments, ActionContext context)
    {
        var path = ProgramFinder.Find(program) ?? throw ActionErrors.Failed(action, "the program has gone.");
        var start = new ProcessStartInfo(path, arguments)
        {
            WorkingDirectory = context.Host.WorkingDirectory,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in context.Variables)
        {
            // .NET 8 makes an empty variable of null.
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }
        try
        {
            var process = Process.Start(start)!;
            // Nobody is there to answer a question.
            process.StandardInput.Close();
            return process;
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            throw ActionErrors.Failed(action, $"it can't be started: {e.Message}", e);
        }
    }

    private static async Task EndAsync(Process process, TimeProvider clock)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException or NotSupportedException)
        {
            // It ended by itself, or belongs to someone else by now; what could be ended was.
        }

        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stuck in the kernel (a dead network mount). Waiting longer helps nobody.
        }
    }
}
