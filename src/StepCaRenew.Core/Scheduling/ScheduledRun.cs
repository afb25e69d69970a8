using StepCaRenew.Renewals;

namespace StepCaRenew.Scheduling;

/// <summary>What a scheduler is to run, when, and as whom: all that its task, units or line are made of.</summary>
public sealed record ScheduledRun
{
    /// <summary>The name of the renewal (<c>RenewalName</c>); the command line carries nothing else of it.</summary>
    public required string Name { get; init; }

    /// <summary>The machine's schedule or the user's own.</summary>
    public required RenewalScope Scope { get; init; }

    /// <summary>Whom it runs as.</summary>
    public required TaskAccount Account { get; init; }

    /// <summary>One of <see cref="ScheduleInterval.All"/>.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The offset within the interval, in whole seconds; at least zero, below <see cref="Interval"/>.</summary>
    public required TimeSpan Phase { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required RunCommand Command { get; init; }

    /// <summary>STEPCARENEW_HOME where it was set at registration: the run must find the same definitions.</summary>
    public string? Home { get; init; }

    /// <summary>The folders that the run writes in: those of certificate and key, of its state and its log.</summary>
    public IReadOnlyList<string> WritableFolders { get; init; } = [];

    /// <summary>Files of others that the run reads: those that hold the process ids for its signals.</summary>
    public IReadOnlyList<string> ReadFiles { get; init; } = [];

    /// <summary>Whether it runs programs, scripts or services after a renewal: nobody can say what they write. Signals are neither.</summary>
    public bool RunsPrograms { get; init; }

    /// <summary>How long one run may take before the scheduler ends it.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What a person reads in the scheduler.</summary>
    public string Description => $"Renews the certificate of '{Name}' when it is due (StepCaRenew).";
}
