using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>The two unit files of a renewal.</summary>
internal sealed class SystemdUnits
{
    private readonly string folder;
    private readonly string stamps;

    public SystemdUnits(LinuxPaths paths, string name, RenewalScope scope)
    {
        var isMachine = scope == RenewalScope.Machine;
        var owner = isMachine ? paths.Root : LinuxUser.CurrentId;
        (folder, stamps) = isMachine ? (paths.SystemUnits, paths.SystemStamps) : (paths.UserUnits, paths.UserStamps);
        Service = new(Path.Combine(folder, UnitName.Service(name)), scope, owner);
        Timer = new(Path.Combine(folder, UnitName.Timer(name)), scope, owner);
    }

    public ScheduleFile Service { get; }

    public ScheduleFile Timer { get; }

    public IEnumerable<ScheduleFile> Files => [Service, Timer];

    /// <summary>A sentence for each difference from what a new registration would write.</summary>
    public IEnumerable<string> Differences(ScheduledRun run) =>
        [.. Differences(Service, ServiceUnit.Render(run)), .. Differences(Timer, TimerUnit.Render(run))];

    /// <summary>A sentence for each drop-in of the units. Drop-ins are reported and not changed.</summary>
    public IEnumerable<string> DropIns() => Files
        .Select(file => new DirectoryInfo($"{file.Path}.d"))
        .Where(added => added.Exists)
        .SelectMany(added => added.GetFiles("*.conf").Select(one => $"'{one.FullName}' changes the unit. This module did not write it and does not change it."));

    /// <summary>Replaces the units and starts the timer; restores the earlier units if that fails.</summary>
    public async Task ReplaceAsync(ScheduledRun run, SystemdManager manager, CancellationToken cancellationToken)
    {
        var (service, timer) = (Service.Read(), Timer.Read());
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // The service first: without it the timer would fail.
            Service.Write(ServiceUnit.Render(run));
            Timer.Write(TimerUnit.Render(run));
            await manager.ReloadAsync(cancellationToken).ConfigureAwait(false);
            await manager.EnableAsync(Timer.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RenewalException or OperationCanceledException)
        {
            // Deletes the link to the timer, which is deleted next.
            if (timer is null && Timer.Exists)
                await TryAsync(() => manager.DisableAsync(Timer.Name, CancellationToken.None)).ConfigureAwait(false);
            await TryAsync(() => Restore(Timer, timer)).ConfigureAwait(false);
            await TryAsync(() => Restore(Service, service)).ConfigureAwait(false);
            await TryAsync(() => manager.ReloadAsync(CancellationToken.None)).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Deletes the files, and the link and the stamp that systemd keeps for an enabled timer.</summary>
    public void Delete()
    {
        Timer.Delete();
        Service.Delete();
        foreach (var left in new[] { Path.Combine(folder, "timers.target.wants", Timer.Name), Path.Combine(stamps, $"stamp-{Timer.Name}") })
        {
            // If the manager runs, systemctl disable has deleted the link.
            if (new FileInfo(left) is var file && (file.Exists || file.LinkTarget is not null))
                new ScheduleFile(left, RenewalScope.Machine, 0).Delete();
        }
    }

    private static IEnumerable<string> Differences(ScheduleFile file, string expected)
    {
        if (!file.Exists)
            return [$"{file.Name} is missing."];
        if (file.LinkTarget == "/dev/null")
            return [$"{file.Name}: it is masked."];
        if (!file.IsOurs)
            return [$"{file.Name} was not written by this module{(file.LinkTarget is { } target ? $": it is a link to '{target}'" : "")}."];
        return [.. UnitFile.Differences(file.Name, expected, file.Read()!), .. file.RightsDifferences()];
    }

    private static Task Restore(ScheduleFile file, string? content)
    {
        if (content is null)
            file.Delete();
        else if (file.Read() != content)
            file.Write(content);
        return Task.CompletedTask;
    }

    private static async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (RenewalException)
        {
            // The first error is thrown; this one would hide it.
        }
    }
}
