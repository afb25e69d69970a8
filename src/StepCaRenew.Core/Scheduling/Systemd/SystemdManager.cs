using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>The service manager of the machine or of the user, used through systemctl.</summary>
internal sealed class SystemdManager
{
    // systemctl(1): "no such unit".
    private const int NotLoaded = 5;

    // A longer run waits for a CA that does not answer, and can be stopped: a replacement takes milliseconds.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly LinuxPaths paths;
    private readonly RenewalScope scope;
    private readonly TimeProvider clock;

    public SystemdManager(LinuxPaths paths, RenewalScope scope, TimeProvider clock) => (this.paths, this.scope, this.clock) = (paths, scope, clock);

    /// <summary>Whether it runs: that of the machine if systemd booted it, that of the user if its runtime folder exists.</summary>
    public bool Runs => Directory.Exists(paths.Booted) && (scope == RenewalScope.Machine || Directory.Exists(Path.Combine(paths.RuntimeFolder, "systemd")));

    /// <summary>Requires that it runs.</summary>
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

    /// <summary>Makes it read the unit files again.</summary>
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
