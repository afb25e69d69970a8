namespace StepCaRenew.Scheduling;

/// <summary>The schedulers of a machine.</summary>
/// <param name="all">All that are known, whether the machine has them or not: their text can be had anywhere.</param>
/// <param name="available">The kinds that the machine has, the usual one first.</param>
public sealed class Schedulers(IReadOnlyList<IScheduler> all, IReadOnlyList<string> available)
{
    /// <summary>Those that the machine has.</summary>
    public IReadOnlyList<IScheduler> Available => [.. all.Where(scheduler => available.Contains(scheduler.Kind))];

    /// <summary>The scheduler of a kind.</summary>
    /// <param name="kind">One of <see cref="SchedulerKind"/>.</param>
    public IScheduler ByKind(string kind) => all.First(scheduler => scheduler.Kind == kind);

    /// <summary>The kind to be used where one is asked for, or none.</summary>
    /// <param name="wanted">The kind that is asked for; null for the machine's usual one.</param>
    /// <exception cref="RenewalException">The machine has none, or not this one (<see cref="ErrorId.SchedulerUnavailable"/>).</exception>
    public string KindFor(string? wanted) => TryKindFor(wanted) ?? throw Unavailable(wanted);

    /// <summary>The same; null where the machine does not have it.</summary>
    /// <param name="wanted">The kind that is asked for; null for the machine's usual one.</param>
    public string? TryKindFor(string? wanted) => wanted is null ? available.Count > 0 ? available[0] : null : available.FirstOrDefault(kind => kind == wanted);

    private static RenewalException Unavailable(string? wanted) => new(
        ErrorId.SchedulerUnavailable,
        OperatingSystem.IsMacOS() ? "Renewals can't be registered on macOS: its launchd is not supported."
        : wanted is null ? "There is neither a running systemd nor a cron daemon's /etc/cron.d on this machine."
        : $"There is no {wanted} on this machine.",
        "Put Invoke-StepRenewal into whatever scheduler there is, or register with -Scheduler and a kind that the machine has.");
}
