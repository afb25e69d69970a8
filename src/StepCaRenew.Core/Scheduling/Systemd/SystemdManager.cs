using System.Globalization;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>The service manager of the machine or of the user, used through systemctl.</summary>
internal sealed class SystemdManager
{
    // systemctl(1): "no such unit".
    private const int NotLoaded = 5;

    // systemd.exec(5), "PROCESS EXIT CODES": with these, systemd could not start the process.
    private const int FirstOwnCode = 200;

    // A longer run waits for a CA that does not answer, and can be stopped: a replacement takes milliseconds.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // The time in which systemd ends a run after its time limit, and some more.
    private static readonly TimeSpan EndOfRun = TimeSpan.FromMinutes(3);

    private readonly LinuxPaths paths;
    private readonly RenewalScope scope;
    private readonly TimeProvider clock;

    public SystemdManager(LinuxPaths paths, RenewalScope scope, TimeProvider clock) => (this.paths, this.scope, this.clock) = (paths, scope, clock);

    /// <summary>Whether the service manager runs: that of the machine if systemd booted it, that of the user if its runtime folder exists.</summary>
    public bool Runs => Directory.Exists(paths.Booted) && (scope == RenewalScope.Machine || Directory.Exists(Path.Combine(paths.RuntimeFolder, "systemd")));

    /// <summary>Requires that the service manager runs.</summary>
    public void RequireRunning()
    {
        if (!Directory.Exists(paths.Booted))
            throw SchedulerErrors.Unavailable("This machine was not booted with systemd, or this container has none.", "Use -Scheduler Cron, or run Invoke-StepRenewal from another scheduler.");
        if (!Runs)
            throw SchedulerErrors.Unavailable(
                "No service manager of systemd runs for this user.", "Log in as the user (not with su or sudo), or run as root: loginctl enable-linger <user>. Or use -Scope Machine with -UserId.");
    }

    /// <summary>Reads properties of a unit; those that it does not have are empty.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ShowAsync(string unit, string properties, CancellationToken cancellationToken)
    {
        var result = await RunSuccessfullyAsync(["show", $"--property={properties}", "--", unit], cancellationToken).ConfigureAwait(false);
        return result.Text.Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
    }

    /// <summary>The environment variables of the units that it starts; empty if it does not report them.</summary>
    public async Task<IReadOnlyDictionary<string, string>> VariablesAsync(CancellationToken cancellationToken)
    {
        var result = await RunAsync(["show-environment"], cancellationToken).ConfigureAwait(false);
        return result.Text.Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
            .DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
    }

    /// <summary>Makes systemd read the unit files again.</summary>
    public Task ReloadAsync(CancellationToken cancellationToken) => RunSuccessfullyAsync(["daemon-reload"], cancellationToken);

    /// <summary>Starts the timer, now and after every boot.</summary>
    public Task EnableAsync(string timer, CancellationToken cancellationToken) => RunSuccessfullyAsync(["enable", "--now", "--", timer], cancellationToken);

    /// <summary>Stops and disables the timer; a missing one is not an error.</summary>
    public async Task DisableAsync(string timer, CancellationToken cancellationToken)
    {
        // "disable --now" does not stop a timer whose file has been deleted.
        await RunSuccessfullyAsync(["stop", "--", timer], cancellationToken, NotLoaded).ConfigureAwait(false);
        await RunAsync(["disable", "--", timer], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits for a run in progress, and stops it if it takes too long. Without its unit file the service would lose its
    /// settings: systemd would kill the run after the default time limit and list it as failed.
    /// </summary>
    public async Task AwaitEndAsync(string service, CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        while ((await ShowAsync(service, "ActiveState", cancellationToken).ConfigureAwait(false)).GetValueOrDefault("ActiveState") is "activating" or "deactivating")
        {
            if (clock.GetElapsedTime(since) >= LongestWait)
            {
                await RunAsync(["stop", "--", service], cancellationToken, StopLimit).ConfigureAwait(false);
                return;
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Resets the failure of a unit: a failed unit without a file would be listed as <c>not-found failed</c>, and the machine
    /// as degraded, until the next boot.
    /// </summary>
    // systemctl fails for a unit that did not fail, since it is no longer loaded.
    public Task ForgetFailureAsync(string unit, CancellationToken cancellationToken) => RunAsync(["reset-failed", "--", unit], cancellationToken);

    /// <summary>A sentence for each problem with the state of a timer.</summary>
    public async Task<IReadOnlyList<string>> TimerDifferencesAsync(string timer, CancellationToken cancellationToken)
    {
        var state = await ShowAsync(timer, "LoadState,UnitFileState,ActiveState,NeedDaemonReload", cancellationToken).ConfigureAwait(false);
        string Get(string property) => state.GetValueOrDefault(property, string.Empty);
        var differences = new List<string>();
        if (Get("LoadState") == "masked")
            differences.Add($"{timer}: it is masked.");
        if (Get("UnitFileState") != "enabled")
            differences.Add($"{timer}: it is not enabled ({(Get("UnitFileState") is { Length: > 0 } found ? found : "unknown to systemd")}), so it does not run after the next boot.");
        if (Get("ActiveState") != "active")
            differences.Add($"{timer}: it is not active ({Get("ActiveState")}), so it does not run now.");
        if (Get("NeedDaemonReload") == "yes")
            differences.Add($"{timer}: systemd has not read the present file (systemctl daemon-reload).");
        return differences;
    }

    /// <summary>Starts the service of a renewal and waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="RenewalException">It could not be started, or was killed.</exception>
    public async Task<int?> RunServiceAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        RequireRunning();
        var service = UnitName.Service(run.Name);
        var started = await RunAsync(["start", "--", service], cancellationToken, run.TimeLimit + EndOfRun).ConfigureAwait(false);
        var state = await ShowAsync(service, "Result,ExecMainStatus", cancellationToken).ConfigureAwait(false);
        var status = int.TryParse(state.GetValueOrDefault("ExecMainStatus"), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
        return state.GetValueOrDefault("Result") switch
        {
            "success" when started.ExitCode == 0 => status,
            "exit-code" when status < FirstOwnCode => status,
            "exit-code" => throw SchedulerErrors.NotRun(run.Name, $"systemd could not start the process (code {status}, see systemd.exec(5)). For details: journalctl -u {service}."),
            "timeout" => throw SchedulerErrors.NotRun(run.Name, $"it did not end within {run.TimeLimit} and was killed."),
            "signal" or "core-dump" => throw SchedulerErrors.NotRun(run.Name, $"it was killed by signal {status}."),
            var result => throw SchedulerErrors.NotRun(run.Name, $"systemctl start ended with exit code {started.ExitCode} ({result}). {started.LastWords}".TrimEnd()),
        };
    }

    /// <summary>Runs systemctl and returns its exit code and output.</summary>
    public Task<ToolResult> RunAsync(string[] arguments, CancellationToken cancellationToken, TimeSpan? timeLimit = null)
    {
        var systemctl = new LinuxTool(paths.Systemctl, clock) { Variables = Variables, TimeLimit = timeLimit ?? LinuxTool.Usual };
        return systemctl.RunAsync([.. scope == RenewalScope.Machine ? Array.Empty<string>() : ["--user"], "--no-ask-password", .. arguments], cancellationToken);
    }

    // su and sudo do not set XDG_RUNTIME_DIR; another language would change the output that is read here.
    private Dictionary<string, string> Variables => scope == RenewalScope.Machine
        ? new() { ["LC_ALL"] = "C" }
        : new() { ["LC_ALL"] = "C", ["XDG_RUNTIME_DIR"] = paths.RuntimeFolder };

    private async Task<ToolResult> RunSuccessfullyAsync(string[] arguments, CancellationToken cancellationToken, int tolerated = 0)
    {
        var result = await RunAsync(arguments, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0 && result.ExitCode != tolerated)
            throw SchedulerErrors.Failed($"systemctl {arguments[0]} failed with exit code {result.ExitCode}. {result.LastWords}".TrimEnd(), "Fix what systemctl names, then try again.");
        return result;
    }
}
