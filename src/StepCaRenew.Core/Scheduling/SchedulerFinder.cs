using StepCaRenew.Scheduling.Cron;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.Scheduling.Systemd;
using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Scheduling;

/// <summary>Finds the scheduler of this machine.</summary>
internal sealed class SchedulerFinder
{
    /// <summary>The scheduler that this machine has: Task Scheduler on Windows; on Linux systemd if it runs, else cron.</summary>
    public const string Auto = nameof(Auto);

    private readonly LinuxPaths paths;
    private readonly TimeProvider clock;

    /// <summary>Uses the schedulers of this machine.</summary>
    public SchedulerFinder(TimeProvider clock)
        : this(clock, new LinuxPaths())
    {
    }

    internal SchedulerFinder(TimeProvider clock, LinuxPaths paths) => (this.clock, this.paths) = (clock, paths);

    internal LinuxPaths Paths => paths;

    /// <summary>All schedulers that this system could have, one of which may hold an older schedule.</summary>
    public IReadOnlyList<IScheduler> OfThisSystem =>
        OperatingSystem.IsWindows() ? [Get(SchedulerKind.TaskScheduler)] : OperatingSystem.IsLinux() ? [Get(SchedulerKind.Systemd), Get(SchedulerKind.Cron)] : [];

    /// <summary>The scheduler to register with; fails if it does not run on this machine.</summary>
    /// <param name="kind"><see cref="Auto"/>, or one of <see cref="SchedulerKind"/>.</param>
    /// <exception cref="RenewalException">This machine has no scheduler, or not this one.</exception>
    public IScheduler Require(string kind, RenewalScope scope)
    {
        var wanted = kind == Auto ? OfMachine() : kind;
        if (OperatingSystem.IsMacOS())
            throw SchedulerErrors.Unavailable(
                "Renewals cannot be registered on macOS: launchd is not supported.", "Run 'Invoke-StepRenewal <certificate>' from a launchd job of your own; it renews only what is due.");
        if (OperatingSystem.IsWindows() != (wanted == SchedulerKind.TaskScheduler))
            throw SchedulerErrors.Unavailable($"There is no {wanted} on this system.", $"Use -Scheduler {OfMachine()}, or leave it out.");
        if (wanted == SchedulerKind.Systemd)
            new SystemdManager(paths, scope, clock).RequireRunning();
        if (wanted == SchedulerKind.Cron)
            CronService.RequirePresent(paths, scope);
        return Get(wanted);
    }

    /// <summary>The scheduler of a kind, whether it runs or not: to show what would be registered, or to look for a schedule.</summary>
    /// <param name="kind"><see cref="Auto"/>, or one of <see cref="SchedulerKind"/>.</param>
    /// <exception cref="RenewalException">There is no such kind.</exception>
    public IScheduler Get(string kind) => kind switch
    {
        Auto => Get(OfMachine()),
        SchedulerKind.TaskScheduler => new WindowsTaskScheduler(clock),
        SchedulerKind.Systemd => new SystemdScheduler(paths, clock),
        SchedulerKind.Cron => new CronScheduler(paths, clock),
        _ => throw SchedulerErrors.Unavailable($"'{kind}' is not a scheduler.", "Use Auto, TaskScheduler, Systemd or Cron."),
    };

    private string OfMachine() => OperatingSystem.IsWindows() ? SchedulerKind.TaskScheduler : Directory.Exists(paths.Booted) ? SchedulerKind.Systemd : SchedulerKind.Cron;
}
