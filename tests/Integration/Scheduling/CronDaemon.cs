using System.Diagnostics;
using System.Globalization;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>A real cron daemon that sees nobody's crontab but those of its own folder (cron-daemon.sh).</summary>
internal sealed class CronDaemon : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("stepcarenew-crond-");
    private readonly Process process;
    private readonly Task<string> errors;

    private CronDaemon()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Scheduling", "cron-daemon.sh"), [folder.FullName]) { RedirectStandardError = true })!;
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The paths of this cron from outside its mounts.</summary>
    public LinuxPaths Paths => new()
    {
        CronFolder = At("cron.d"),
        Crontab = Programs.Write(At("crontab-of-daemon"), $"#!/bin/sh\nexec nsenter --mount --target {process.Id} crontab \"$@\"\n"),
        Booted = At("no-systemd"),
    };

    /// <summary>The words before a command to run it in the mounts of the daemon.</summary>
    public string[] Enter => ["nsenter", "--mount", "--target", process.Id.ToString(CultureInfo.InvariantCulture)];

    /// <summary>Starts the daemon; skips the test if it cannot be started.</summary>
    public static async Task<CronDaemon> StartAsync()
    {
        Tool.RequireRoot();
        Tool.Require("/usr/sbin/cron");
        Tool.Require("unshare");
        var daemon = new CronDaemon();
        for (var start = Stopwatch.GetTimestamp(); !File.Exists(daemon.At("ready")); await Task.Delay(20))
        {
            if (!daemon.process.HasExited && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20))
                continue;
            await daemon.DisposeAsync();
            Tool.Missing($"cron can't be started in mounts of its own: {await daemon.errors}");
        }

        return daemon;
    }

    /// <summary>A path in the daemon's folder, which is the same from inside.</summary>
    public string At(string name) => Path.Combine(folder.FullName, name);

    /// <summary>Waits for a file: cron looks once a minute.</summary>
    public async Task WaitForAsync(string path, TimeSpan limit)
    {
        for (var start = Stopwatch.GetTimestamp(); !File.Exists(path); await Task.Delay(100))
            Assert.True(!process.HasExited && Stopwatch.GetElapsedTime(start) < limit, $"cron did not make '{Path.GetFileName(path)}' within {limit}.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }
}
