using StepCaRenew.Renewals;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>The manager of the machine, or that of the user, asked through systemctl.</summary>
internal sealed class SystemdManager
{
    // systemctl(1): "no such unit".
    private const int NotLoaded = 5;

    // A run that takes longer waits for a CA that does not answer; a replacement takes milliseconds.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly LinuxPaths paths;
    private readonly RenewalScope scope;
    private readonly TimeProvider clock;

    public SystemdManager(LinuxPaths paths, RenewalScope scope, TimeProvider clock) => (this.paths, this.scope, this.clock) = (paths, scope, clock);

    /// <summary>Whether it runs: the machine's where systemd booted it, the user's where its folder is there.</summary>
    public bool Runs => Directory.Exists(paths.Booted) && (scope == RenewalScope.Machine || Directory.Exists(Path.Combine(paths.RuntimeFolder, "systemd")));

    /// <summary>Demands that it runs.</summary>
    public void RequireRunning()
    {
        if (!Directory.Exists(paths.Booted))
            throw SchedulerErrors.Unavailable("This machine was not booted with systemd, or this container has none.", "Use -Scheduler Cron, or run Invoke-StepRenewal from the scheduler that there is.");
        if (!Runs)
            throw SchedulerErrors.Unavailable(
                "No service manager of systemd runs for this user.", "Log in as the user (not by su or sudo), or let root run: loginctl enable-linger <user>. Or use -Scope Machine with -UserId.");
    }

    /// <summary>Reads properties of a unit; those that it does not have are empty.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ShowAsync(string unit, string properties, CancellationToken cancellationToken)
    {
        var result = await RunSuccessfullyAsync(["show", $"--property={properties}", "--", unit], cancellationToken).ConfigureAwait(false);
        return result.Text.Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
    }

    /// <summary>The variables that it gives to what it starts; none if it does not tell.</summary>
    public async Task<IReadOnlyDictionary<string, string>> VariablesAsync(CancellationToken cancellationToken)
    {
        var result = await RunAsync(["show-environment"], cancellationToken).ConfigureAwait(false);
        return result.Text.Split('\n').Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2)
            .DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
    }

    /// <summary>Lets it read the unit files anew.</summary>
    public Task ReloadAsync(CancellationToken cancellationToken) => RunSuccessfullyAsync(["daemon-reload"], cancellationToken);

    /// <summary>Has the timer run from now on, and after every boot.</summary>
    public Task EnableAsync(string timer, CancellationToken cancellationToken) => RunSuccessfullyAsync(["enable", "--now", "--", timer], cancellationToken);

    /// <summary>Has it run no more; one that is not there is no error.</summary>
    public async Task DisableAsync(string timer, CancellationToken cancellationToken)
    {
        // Not by "disable --now", which stops nothing where the file has been deleted.
        await RunSuccessfullyAsync(["stop", "--", timer], cancellationToken, NotLoaded).ConfigureAwait(false);
        await RunAsync(["disable", "--", timer], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits for a run that is under way, and stops it if it takes too long. Without its file a service has none of its
    /// settings any more: systemd would end the run after the usual time limit, and list it as failed.
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
    /// Lets it forget that a unit failed: one whose file is gone would be listed as <c>not-found failed</c>, and the
    /// machine as degraded, until the next boot.
    /// </summary>
    // A unit that did not fail is not loaded any more, which systemctl reports as an error.
    public Task ForgetFailureAsync(string unit, CancellationToken cancellationToken) => RunAsync(["reset-failed", "--", unit], cancellationToken);

    /// <summary>Runs systemctl, whatever comes of it.</summary>
    public Task<ToolResult> RunAsync(string[] arguments, CancellationToken cancellationToken, TimeSpan? timeLimit = null)
    {
        var systemctl = new LinuxTool(paths.Systemctl, clock) { Variables = Variables, TimeLimit = timeLimit ?? LinuxTool.Usual };
        return systemctl.RunAsync([.. scope == RenewalScope.Machine ? Array.Empty<string>() : ["--user"], "--no-ask-password", .. arguments], cancellationToken);
    }

    // su and sudo leave the folder's variable out, and a language would change what is read here.
    private Dictionary<string, string> Variables => scope == RenewalScope.Machine
        ? new() { ["LC_ALL"] = "C" }
        : new() { ["LC_ALL"] = "C", ["XDG_RUNTIME_DIR"] = paths.RuntimeFolder };

    private async Task<ToolResult> RunSuccessfullyAsync(string[] arguments, CancellationToken cancellationToken, int tolerated = 0)
    {
        var result = await RunAsync(arguments, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0 && result.ExitCode != tolerated)
            throw SchedulerErrors.Failed($"systemctl {arguments[0]} failed with exit code {result.ExitCode}. {result.LastWords}".TrimEnd(), "Mend what systemctl names, then try again.");
        return result;
    }
}
