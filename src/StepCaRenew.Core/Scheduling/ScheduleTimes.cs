using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32;
using StepCaRenew.Policy;

namespace StepCaRenew.Scheduling;

/// <summary>How often a scheduled run starts: the intervals that every scheduler supports, cron included.</summary>
internal static class ScheduleInterval
{
    /// <summary>How many runs there are, at least, within the lifetime of a certificate.</summary>
    public const int RunsPerLifetime = 96;

    /// <summary>All intervals, the shortest first; each divides an hour or a day.</summary>
    public static IReadOnlyList<TimeSpan> All { get; } =
    [
        .. new[] { 1, 2, 3, 5, 10, 15, 30 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
        .. new[] { 1, 2, 3, 4, 6, 12 }.Select(hours => TimeSpan.FromHours(hours)),
    ];

    /// <summary>The longest interval that is at most a 96th of the lifetime: 15 minutes for 24 hours.</summary>
    /// <param name="lifetime">The whole validity of the certificate.</param>
    /// <returns>Null if even a run every minute would not be often enough.</returns>
    public static TimeSpan? For(TimeSpan lifetime) => All.Cast<TimeSpan?>().LastOrDefault(interval => interval <= lifetime / RunsPerLifetime);

    /// <summary>Reads an interval.</summary>
    /// <param name="text">A duration, such as <c>15m</c>.</param>
    /// <exception cref="RenewalException">The text is not a duration, or not one of the intervals (<see cref="ErrorId.IntervalInvalid"/>).</exception>
    public static TimeSpan Parse(string text) =>
        Duration.ParsePositive(text) is var interval && All.Contains(interval) ? interval : throw new RenewalException(
            ErrorId.IntervalInvalid, $"'{text}' is not an interval that every scheduler supports.", $"Give one of {string.Join(", ", All.Select(Format))}.");

    /// <summary>Writes an interval as <see cref="Parse"/> reads it: <c>15m</c>, <c>2h</c>.</summary>
    /// <param name="interval">One of <see cref="All"/>.</param>
    public static string Format(TimeSpan interval) => interval < TimeSpan.FromHours(1) ? $"{interval.Minutes}m" : $"{(int)interval.TotalHours}h";
}

/// <summary>
/// The offset of a schedule within its interval, computed from machine and renewal and spread evenly over the interval, so
/// that machines which were set up together do not ask the CA at the same moment.
/// </summary>
internal static class SchedulePhase
{
    /// <summary>The phase of a renewal on a machine.</summary>
    /// <param name="machine">The identifier of the machine; see <see cref="MachineId"/>.</param>
    /// <param name="name">The name of the renewal, in any case.</param>
    /// <param name="interval">The interval.</param>
    /// <returns>Whole seconds, at least zero and below the interval.</returns>
    public static TimeSpan For(string machine, string name, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(name);
        // 0xFF is not valid in UTF-8, so it separates the two.
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(machine), 0xFF, .. Encoding.UTF8.GetBytes(name.ToLowerInvariant())], digest);
        // Scaled, not a remainder: at another interval a machine keeps its relative position.
        return TimeSpan.FromSeconds(Math.Floor(HashShare.FromHash(digest) * Math.Floor(interval.TotalSeconds)));
    }
}

/// <summary>A lasting identifier of this machine: machine-id(5) on Linux, MachineGuid on Windows.</summary>
internal static class MachineId
{
    private static readonly string[] Files = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

    /// <summary>
    /// The id together with the machine's name, so that cloned machines with the same id still start at different times. It
    /// never leaves the machine.
    /// </summary>
    public static string Read() => $"{Id()}/{Environment.MachineName}";

    private static string? Id()
    {
        if (OperatingSystem.IsWindows())
            return Registry.GetValue(@"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography", "MachineGuid", null) as string;
        foreach (var file in Files)
        {
            try
            {
                if (File.ReadAllText(file).Trim() is { Length: > 0 } id)
                    return id;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A container often has no id; then the name alone is used.
            }
        }

        return null;
    }
}

/// <summary>When a schedule starts its next run, computed as the schedulers do: from midnight, local time; Task Scheduler uses UTC.</summary>
internal static class ScheduleTimes
{
    /// <summary>The next start after a moment.</summary>
    /// <param name="kind">One of <see cref="SchedulerKind"/>.</param>
    /// <param name="now">The moment, local time.</param>
    /// <returns>Local time.</returns>
    public static DateTime NextAfter(ScheduledRun run, string kind, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(run);
        var time = kind == SchedulerKind.TaskScheduler ? now.UtcDateTime : now.LocalDateTime;
        // cron has no seconds.
        var phase = kind == SchedulerKind.Cron ? TimeSpan.FromMinutes(Math.Floor(run.Phase.TotalMinutes)) : run.Phase;
        var passed = time.TimeOfDay - phase;
        var turns = passed < TimeSpan.Zero ? 0 : Math.Floor(passed / run.Interval) + 1;
        var next = time.Date + phase + (run.Interval * turns);
        return kind == SchedulerKind.TaskScheduler ? next.ToLocalTime() : next;
    }
}
