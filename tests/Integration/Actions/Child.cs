using System.Diagnostics;

namespace StepCaRenew.Integration.Actions;

/// <summary>A process that renews and is killed before it acts: this very program, told by its environment which test to be.</summary>
public sealed class Child
{
    private const string StepPath = "STEPCARENEW_CHILD_STEPPATH";
    private const string Certificate = "STEPCARENEW_CHILD_CERTIFICATE";
    private const string Trace = "STEPCARENEW_CHILD_TRACE";

    /// <summary>Starts a child process, waits until the certificate is replaced, and kills the process with SIGKILL.</summary>
    internal static async Task KillOnceRenewedAsync(string stepPath, string certificate, string trace)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, "-method", $"{typeof(Child).FullName}.{nameof(RenewsAndWaits)}", "-explicit", "only", "-noLogo"])
        {
            RedirectStandardOutput = true,
        };
        (start.Environment[StepPath], start.Environment[Certificate], start.Environment[Trace]) = (stepPath, certificate, trace);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        for (var begin = Stopwatch.GetTimestamp(); !File.Exists(Ready(trace)); await Task.Delay(20))
            Assert.True(!process.HasExited && Stopwatch.GetElapsedTime(begin) < TimeSpan.FromMinutes(1), "The child did not renew.");
        process.Kill();
        await process.WaitForExitAsync();
        Assert.Equal(128 + 9, process.ExitCode);
        File.Delete(Ready(trace));
        await output;
    }

    [Fact(Explicit = true)]
    public async Task RenewsAndWaits()
    {
        var (certificate, trace) = (Environment.GetEnvironmentVariable(Certificate)!, Environment.GetEnvironmentVariable(Trace)!);
        var run = new ActionRun(Environment.GetEnvironmentVariable(StepPath)!, ActionRun.Append(trace));
        var (result, _) = await run.RenewAsync(certificate, isForced: true);
        Assert.Equal(RenewalStatus.Renewed, result.Status);
        File.WriteAllText(Ready(trace), string.Empty);
        await Task.Delay(TimeSpan.FromMinutes(2));
    }

    private static string Ready(string trace) => trace + ".ready";
}
