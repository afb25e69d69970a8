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
        return [.. UnitDifferences.Between(file.Name, expected, file.Read()!), .. file.RightsDifferences()];
    }
}
