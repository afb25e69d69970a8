using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Cron;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>Debian's own cron runs what was registered, and no longer what was not.</summary>
public sealed class CronDaemonTests
{
    private const string Mine = "# mine, caf\u00e9\n\n5 4 * * * true\n";

    [Fact]
    public async Task Registered_RunsWithinAMinute_AndUnregisteredNoMore()
    {
        await using var daemon = await CronDaemon.StartAsync();
        var cron = new CronScheduler(daemon.Paths, TimeProvider.System);
        await File.WriteAllTextAsync(daemon.At("mine"), Mine);
        Tool.Run(daemon.Enter[0], [.. daemon.Enter[1..], "crontab", daemon.At("mine")]);
        ScheduledRun[] runs = [Run(daemon, "web.local", RenewalScope.Machine), Run(daemon, "own", RenewalScope.CurrentUser), Run(daemon, "stays", RenewalScope.Machine)];
        foreach (var run in runs)
        {
            Assert.True(await cron.InstallAsync(run, CancellationToken.None));
            var found = await cron.FindAsync(run, CancellationToken.None);
            Assert.True(found.IsHealthy, string.Join('\n', found.Differences));
            Assert.False(await cron.InstallAsync(run, CancellationToken.None));
        }

        foreach (var run in runs)
            await daemon.WaitForAsync(Trace(daemon, run), TimeSpan.FromSeconds(70));
        await Task.Delay(500);
        foreach (var run in runs)
        {
            var seen = await File.ReadAllLinesAsync(Trace(daemon, run));
            Assert.Equal($"it's|$HOME \"{run.Name}\"|50% off|", seen[0]);
            Assert.Contains($"STEPCARENEW_HOME={run.Home}", seen);
            Assert.Contains("POWERSHELL_UPDATECHECK=Off", seen);
        }

        foreach (var run in runs[..2])
            Assert.True(await cron.RemoveAsync(run.Name, run.Scope, CancellationToken.None));
        Assert.Equal(Mine, Tool.Run(daemon.Enter[0], [.. daemon.Enter[1..], "crontab", "-l"]));
        foreach (var run in runs)
            File.Delete(Trace(daemon, run));
        // The third one shows that the next minute has come.
        await daemon.WaitForAsync(Trace(daemon, runs[2]), TimeSpan.FromSeconds(70));
        await Task.Delay(1500);
        Assert.Equal([Trace(daemon, runs[2])], Directory.GetFiles(daemon.At(""), "*.trace"));
    }

    private static string Trace(CronDaemon daemon, ScheduledRun run) => daemon.At($"{run.Name}.trace");

    private static ScheduledRun Run(CronDaemon daemon, string name, RenewalScope scope)
    {
        var program = Programs.Write(daemon.At($"{name} it's"), $"#!/bin/sh\n{{ printf '%s|' \"$@\"; echo; env; }} >'{daemon.At(name)}.trace'\n");
        return SampleRuns.Create(name, scope) with
        {
            Interval = TimeSpan.FromMinutes(1),
            Phase = TimeSpan.FromSeconds(23),
            Command = new RunCommand(program, ["it's", $"$HOME \"{name}\"", "50% off"]),
            Home = "/srv/our own 100%",
        };
    }
}
