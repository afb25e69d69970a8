using System.Diagnostics;
using System.Text;
using StepCaRenew.Processes;

namespace StepCaRenew.Scheduling.Linux;

/// <summary>A program of the system, run with a time limit.</summary>
internal sealed class LinuxTool(string program, TimeProvider clock)
{
    /// <summary>The default time limit.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);

    /// <summary>Variables that are set for the program.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the program gets only these variables, and none of this process.</summary>
    public bool IsBare { get; init; }

    /// <summary>The folder in which the program starts.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The time limit.</summary>
    public TimeSpan TimeLimit { get; init; } = Usual;

    /// <summary>Whether the program is installed.</summary>
    public bool Exists => ProgramFinder.Find(program) is not null;

    /// <summary>Runs the program.</summary>
    /// <exception cref="RenewalException">The program is missing, cannot be started, or does not end in time.</exception>
    public async Task<ToolResult> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, ReadOnlyMemory<byte> input = default)
    {
        var path = ProgramFinder.Find(program) ?? throw SchedulerErrors.Unavailable($"There is no {program} on PATH.", "Install it, or use another -Scheduler.");
        using var limit = new CancellationTokenSource(TimeLimit, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var output = new MemoryStream();
        var errors = new OutputTail();
        try
        {
            var code = await RunningProgram.RunAsync(
                Start(path, arguments), input, stream => stream.CopyToAsync(output, CancellationToken.None), errors.ReadAsync, clock, end.Token).ConfigureAwait(false);
            return new ToolResult(code, output.ToArray(), errors.ToString());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw SchedulerErrors.Failed($"{program} did not end within {TimeLimit.TotalSeconds:0} s and was killed.", "Find out what it waits for, then try again.");
        }
        catch (IOException e)
        {
            throw SchedulerErrors.Failed($"{program} cannot be started: {e.Message}", "Fix the cause, then try again.", e);
        }
    }

    private ProcessStartInfo Start(string path, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(path, arguments) { WorkingDirectory = WorkingDirectory };
        if (IsBare)
            start.Environment.Clear();
        foreach (var (name, value) in Variables)
            start.Environment[name] = value;
        return start;
    }
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its whole standard output.</param>
/// <param name="Errors">The end of its standard error.</param>
internal sealed record ToolResult(int ExitCode, byte[] Output, string Errors)
{
    /// <summary>The output as text.</summary>
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>The last line of its output, for a message.</summary>
    public string LastWords => OutputCleaner.LastLine(Errors) is { Length: > 0 } said ? said : OutputCleaner.LastLine(Text);
}
