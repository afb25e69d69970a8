using StepCaRenew.Accounts;

namespace StepCaRenew.Scheduling;

/// <summary>The command, times and account of a schedule.</summary>
internal sealed record ScheduledRun
{
    /// <summary>The name of the renewal (<c>RenewalName</c>), the only thing of it on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the schedule belongs to the machine or to a user.</summary>
    public required RenewalScope Scope { get; init; }

    /// <summary>The account that it runs as.</summary>
    public required TaskAccount Account { get; init; }

    /// <summary>One of <see cref="ScheduleInterval.All"/>.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The offset within the interval, in whole seconds; at least zero, below <see cref="Interval"/>.</summary>
    public required TimeSpan Phase { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required RunCommand Command { get; init; }

    /// <summary>STEPCARENEW_HOME, if it was set at registration: the run must find the same definitions.</summary>
    public string? Home { get; init; }

    /// <summary>The folders that the run writes in: of the certificate, the key, the state and the log.</summary>
    public IReadOnlyList<string> WritableFolders { get; init; } = [];

    /// <summary>Other files that the run reads: the pid files of its signals.</summary>
    public IReadOnlyList<string> ReadFiles { get; init; } = [];

    /// <summary>Whether it runs programs or scripts, or restarts services, after a renewal: then the folders that they write in are unknown.</summary>
    public bool RunsPrograms { get; init; }

    /// <summary>How long one run may take before the scheduler ends it.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The description that the scheduler shows.</summary>
    public string Description => $"Renews the certificate of '{Name}' when it is due (StepCaRenew).";
}
