using System.Diagnostics;
using System.Runtime.InteropServices;

namespace StepCaRenew.Benchmarks.Bare;

/// <summary>The cost of running a program: elapsed time and processor time.</summary>
/// <param name="Wall">From its start to its end, in milliseconds.</param>
/// <param name="Cpu">User and system time of it and of the processes it waited for, in milliseconds.</param>
public sealed record ProcessCost(double Wall, double Cpu)
{
    /// <summary>Runs a program to its end; its output is thrown away.</summary>
    /// <param name="start">The program.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static ProcessCost Measure(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var before = ChildrenCpu();
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        var wall = watch.Elapsed.TotalMilliseconds;
        if (process.ExitCode != 0 || errors.Length > 0)
            throw new InvalidOperationException($"{start.FileName} ended with {process.ExitCode}: {errors} {output.GetAwaiter().GetResult()}");
        // A process that has ended can be asked on Windows only; elsewhere its time is added to its parent's when it is waited for.
        return new(wall, OperatingSystem.IsWindows() ? process.TotalProcessorTime.TotalMilliseconds : ChildrenCpu() - before);
    }

    private static double ChildrenCpu()
    {
        const int children = -1;
        if (OperatingSystem.IsWindows())
            return 0;
        var usage = new long[32];
        if (getrusage(children, usage) != 0)
            throw new InvalidOperationException($"getrusage: {Marshal.GetLastPInvokeErrorMessage()}");
        // Two times of seconds and microseconds; macOS has the latter in 32 bits.
        return 1000.0 * (usage[0] + usage[2]) + ((int)usage[1] + (int)usage[3]) / 1000.0;
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int getrusage(int who, [Out] long[] usage);
}
