using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Renewals as a service and a timer each.</summary>
internal sealed class SystemdScheduler(LinuxPaths paths, TimeProvider clock) : IScheduler
{
    /// <inheritdoc/>
    public string Kind => SchedulerKind.Systemd;

    /// <inheritdoc/>
    public string Render(ScheduledRun run) =>
        $"# {UnitName.Service(run.Name)}\n{ServiceUnit.Render(run)}\n# {UnitName.Timer(run.Name)}\n{TimerUnit.Render(run)}";

    /// <inheritdoc/>
    public async Task<ScheduleFinding> FindAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        var units = new SystemdUnits(paths, run.Name, run.Scope);
        if (!units.Files.Any(file => file.Exists))
            return ScheduleFinding.None;
        var manager = new SystemdManager(paths, run.Scope, clock);
        var times = UnitFile.Parse(units.Timer.Read() ?? string.Empty).Where(entry => entry.Key == "OnCalendar").Select(entry => entry.Value).ToList();
        return new ScheduleFinding(true, times.Count == 0 ? null : string.Join(", ", times),
        [
            .. units.Differences(run),
            .. units.DropIns(),
            .. manager.Runs ? await manager.TimerDifferencesAsync(units.Timer.Name, cancellationToken).ConfigureAwait(false) : ["systemd does not run here, so nothing starts the timer."],
            .. await LingerDifferencesAsync(run, cancellationToken).ConfigureAwait(false),
        ])
        {
            Variables = run.Scope == RenewalScope.CurrentUser && manager.Runs ? await manager.VariablesAsync(cancellationToken).ConfigureAwait(false) : new Dictionary<string, string>(),
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FindChangesAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        var units = new SystemdUnits(paths, run.Name, run.Scope);
        foreach (var file in units.Files)
            file.RequireOursOrMissing();
        if (!units.Files.Any(file => file.Exists))
            return ScheduleFinding.None.Differences;
        return units.Differences(run).ToList() is { Count: > 0 } differences
            ? differences : await new SystemdManager(paths, run.Scope, clock).TimerDifferencesAsync(units.Timer.Name, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<bool> InstallAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        var manager = new SystemdManager(paths, run.Scope, clock);
        manager.RequireRunning();
        if (run.Scope == RenewalScope.Machine)
            LinuxAccount.RequireUser(run.Account);
        if ((await FindChangesAsync(run, cancellationToken).ConfigureAwait(false)).Count == 0)
            return false;
        await new SystemdUnits(paths, run.Name, run.Scope).ReplaceAsync(run, manager, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(string name, RenewalScope scope, CancellationToken cancellationToken)
    {
        var units = new SystemdUnits(paths, name, scope);
        if (!units.Files.Any(file => file.Exists))
            return false;
        foreach (var file in units.Files)
            file.RequireOursOrMissing();
        var manager = new SystemdManager(paths, scope, clock);
        if (manager.Runs)
        {
            await manager.DisableAsync(units.Timer.Name, cancellationToken).ConfigureAwait(false);
            await manager.AwaitEndAsync(units.Service.Name, cancellationToken).ConfigureAwait(false);
        }

        units.Delete();
        if (manager.Runs)
        {
            await manager.ReloadAsync(CancellationToken.None).ConfigureAwait(false);
            foreach (var file in units.Files)
                await manager.ForgetFailureAsync(file.Name, CancellationToken.None).ConfigureAwait(false);
        }

        return true;
    }

    /// <inheritdoc/>
    public Task<int?> RunNowAsync(ScheduledRun run, CancellationToken cancellationToken) => new SystemdManager(paths, run.Scope, clock).RunServiceAsync(run, cancellationToken);

    // The timers of a user run while the user is not logged in only if that was enabled (loginctl(1), "enable-linger").
    private async Task<IReadOnlyList<string>> LingerDifferencesAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        var loginctl = new LinuxTool(paths.Loginctl, clock);
        if (run.Scope == RenewalScope.Machine || !loginctl.Exists)
            return [];
        var user = LinuxAccount.NameOf(run.Account);
        var asked = await loginctl.RunAsync(["show-user", "--property=Linger", "--", user], cancellationToken).ConfigureAwait(false);
        // logind has no answer for a user who never logged in.
        return asked.ExitCode == 0 && asked.Text.Trim() == "Linger=no"
            ? [$"The timers of '{user}' stop when the user logs out: run 'loginctl enable-linger {user}' as root to keep them running."]
            : [];
    }
}
