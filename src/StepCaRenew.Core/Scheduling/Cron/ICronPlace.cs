namespace StepCaRenew.Scheduling.Cron;

/// <summary>Where the lines of a renewal are: in a file of their own, or in the crontab of a user.</summary>
internal interface ICronPlace
{
    /// <summary>The lines; null if there are none.</summary>
    Task<IReadOnlyList<string>?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>A sentence for each difference from what the lines should be.</summary>
    Task<IReadOnlyList<string>> DifferencesAsync(ScheduledRun run, CancellationToken cancellationToken);

    /// <summary>The variables that are set for the lines.</summary>
    Task<IReadOnlyDictionary<string, string>> VariablesAsync(CancellationToken cancellationToken);

    /// <summary>Adds the lines, or corrects them.</summary>
    Task WriteAsync(ScheduledRun run, CancellationToken cancellationToken);

    /// <summary>Removes the lines.</summary>
    Task DeleteAsync(CancellationToken cancellationToken);
}
