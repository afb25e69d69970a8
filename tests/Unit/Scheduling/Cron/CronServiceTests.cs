using System.Diagnostics;
using StepCaRenew.Scheduling.Cron;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Unit.Scheduling.Cron;

/// <summary>Real processes; a folder of links takes the place of /proc, so that a cron of this machine does not count.</summary>
public sealed class CronServiceTests : IDisposable
{
    private readonly TestFolder folder = new();
    private Process? parent;

    public void Dispose()
    {
        parent?.Kill(entireProcessTree: true);
        parent?.WaitForExit();
        parent?.Dispose();
        folder.Dispose();
    }

    [LinuxFact]
    public void Differences_NoCron_ReportIt() => Assert.Equal("No cron daemon runs, so nothing starts the renewal.", Assert.Single(Differences()));

    [LinuxFact]
    public void Differences_CronRuns_AreNone()
    {
        Start("sleep 60");
        Assert.Empty(Differences());
    }

    [LinuxFact]
    public void Differences_CronIsAZombie_ReportIt()
    {
        var child = Start("exit");
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{child}/stat").Contains(") Z ", StringComparison.Ordinal), TimeSpan.FromSeconds(10)), "It did not become a zombie.");
        Assert.Equal(
            $"No cron daemon runs (process {child} has ended and is a zombie), so nothing starts the renewal.", Assert.Single(Differences()));
    }

    private IReadOnlyList<string> Differences()
    {
        var proc = Directory.CreateDirectory(folder.At("proc")).FullName;
        Link(proc, Environment.ProcessId, "1");
        return [.. CronService.Differences(new LinuxPaths { Proc = proc })];
    }

    // A child by the name of cron, whose parent takes no note of its end.
    private int Start(string does)
    {
        // Only once its parent is the sleep that takes no note: a shell would.
        var cron = folder.Write("cron", $"#!/bin/sh\nuntil grep -q sleep /proc/$PPID/comm; do sleep 0.02; done\n{does}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(cron, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        parent = Process.Start(new ProcessStartInfo("sh", ["-c", $"'{cron}' & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        var child = int.Parse(parent.StandardOutput.ReadLine()!, null);
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{child}/comm").Trim() == "cron", TimeSpan.FromSeconds(10)), "It is not called cron.");
        Link(Directory.CreateDirectory(folder.At("proc")).FullName, child, $"{child}");
        return child;
    }

    private static void Link(string proc, int process, string name) => Directory.CreateSymbolicLink(Path.Combine(proc, name), $"/proc/{process}");
}
