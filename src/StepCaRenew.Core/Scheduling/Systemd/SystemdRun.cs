using System.Globalization;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Starts a renewal's service and waits for its end.</summary>
internal static class SystemdRun
{
    // systemd.exec(5), "PROCESS EXIT CODES": with these, systemd could not start the process.
    private const int OwnCodes = 200;

    // The time in which systemd ends a run after its time limit, and some more.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(3);

    public static async Task<int?> RunAsync(SystemdManager manager, ScheduledRun run, CancellationToken cancellationToken)
    {
        manager.RequireRunning();
        var service = UnitName.Service(run.Name);
        var started = await manager.RunAsync(["start", "--", service], cancellationToken, run.TimeLimit + Grace).ConfigureAwait(false);
        var state = await manager.ShowAsync(service, "Result,ExecMainStatus", cancellationToken).ConfigureAwait(false);
        var status = int.TryParse(state.GetValueOrDefault("ExecMainStatus"), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
        return state.GetValueOrDefault("Result") switch
        {
            "success" when started.ExitCode == 0 => status,
            "exit-code" when status < OwnCodes => status,
            "exit-code" => throw SchedulerErrors.NotRun(run.Name, $"systemd could not start the process (code {status}, see systemd.exec(5)). For details: journalctl -u {service}."),
            "timeout" => throw SchedulerErrors.NotRun(run.Name, $"it did not end within {run.TimeLimit} and was killed."),
            "signal" or "core-dump" => throw SchedulerErrors.NotRun(run.Name, $"it was killed by signal {status}."),
            var result => throw SchedulerErrors.NotRun(run.Name, $"systemctl start ended with exit code {started.ExitCode} ({result}). {started.LastWords}".TrimEnd()),
        };
    }
}
