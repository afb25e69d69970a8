using System.ComponentModel;
using System.Diagnostics;

namespace StepCaRenew.Processes;

/// <summary>Runs a program to its end; if it is cancelled, ends it and its children.</summary>
internal static class RunningProgram
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Runs a program.</summary>
    /// <param name="start">The program; its streams are redirected here.</param>
    /// <param name="input">Its input, which ends after this: no user is there to answer a question.</param>
    /// <param name="output">Reads its standard output.</param>
    /// <param name="errors">Reads its standard error.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled or took too long, and was ended.</exception>
    /// <exception cref="IOException">It could not be started.</exception>
    public static async Task<int> RunAsync(
        ProcessStartInfo start, ReadOnlyMemory<byte> input, Func<Stream, Task> output, Func<Stream, Task> errors, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var process = Start(start);
        var reading = Task.WhenAll(output(process.StandardOutput.BaseStream), errors(process.StandardError.BaseStream));
        try
        {
            await WriteAsync(process, input, cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process, clock).ConfigureAwait(false);
            throw;
        }

        // A daemon that it started can keep the pipes open.
        await Task.WhenAny(reading, Task.Delay(LongestWait, clock, CancellationToken.None)).ConfigureAwait(false);
        return process.ExitCode;
    }

    private static Process Start(ProcessStartInfo start)
    {
        start.CreateNoWindow = true;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static async Task WriteAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            if (!input.IsEmpty)
                await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of its input; its exit code shows the reason.
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
            // It has ended, or belongs to another account now.
        }

        using var timeout = new CancellationTokenSource(LongestWait, clock);
        try
        {
            await process.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It hangs in the kernel (a dead network mount), so waiting longer does not help.
        }
    }
}

/// <summary>Environment variables of PowerShell 7 that break other programs.</summary>
internal static class ChildVariables
{
    private const string ModulePath = "PSModulePath";

    /// <summary>Removes PSModulePath for Windows PowerShell.</summary>
    /// <remarks>
    /// With the PSModulePath of this process, Windows PowerShell 5.1 would load modules of PowerShell 7. Without the variable it uses
    /// its own folders and those of the machine (about_PSModulePath). PowerShell removes it too when a script starts powershell.exe.
    /// A shell in between, such as cmd.exe, still passes the variable on.
    /// </remarks>
    public static void Prepare(ProcessStartInfo start, bool isWindows)
    {
        if (isWindows && IsWindowsPowerShell(start.FileName))
            start.Environment.Remove(ModulePath);
    }

    private static bool IsWindowsPowerShell(string path) =>
        path[(path.LastIndexOfAny(['\\', '/']) + 1)..].ToUpperInvariant() is "POWERSHELL.EXE" or "POWERSHELL" or "POWERSHELL_ISE.EXE" or "POWERSHELL_ISE";
}
