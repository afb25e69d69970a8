namespace StepCaRenew;

/// <summary>The schedulers that renewals can be registered with.</summary>
public static class SchedulerKind
{
    /// <summary>Windows Task Scheduler.</summary>
    public const string TaskScheduler = nameof(TaskScheduler);

    /// <summary>A service and a timer of systemd.</summary>
    public const string Systemd = nameof(Systemd);

    /// <summary>A file in /etc/cron.d, or a line of the user's crontab.</summary>
    public const string Cron = nameof(Cron);

    /// <summary>All kinds.</summary>
    public static IReadOnlyList<string> All { get; } = [TaskScheduler, Systemd, Cron];
}
