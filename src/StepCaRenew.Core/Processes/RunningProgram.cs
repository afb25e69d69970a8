using System.ComponentModel;
using System.Diagnostics;

namespace StepCaRenew.Processes;

/// <summary>Runs a program to its end, and ends it with its children where it must not go on.</summary>
internal static class RunningProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Runs a program.</summary>
    /// <param name="start">What to run; the streams are redirected here.</param>
    /// <param name="input">What it reads; then its input ends, since nobody is there to answer a question.</param>
    /// <param name="output">Takes its output.</param>
    /// <param name="errors">Takes its errors.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="OperationCanceledException">It took too long, or the run was cancelled; it has been ended.</exception>
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

        // A daemon that it started may keep the pipes open for years.
        await Task.WhenAny(reading, Task.Delay(Patience, clock, CancellationToken.None)).ConfigureAwait(false);
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
            // It ended without reading on; its exit code says why.
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
