namespace StepCaRenew.Scheduling.Cron;

/// <summary>Where the lines of a renewal lie: in a file of their own, or among those of the user.</summary>
internal interface ICronPlace
{
    /// <summary>The lines as they are; null where there are none.</summary>
    Task<IReadOnlyList<string>?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>How they differ from what they should be, a sentence each.</summary>
    Task<IReadOnlyList<string>> DifferencesAsync(ScheduledRun run, CancellationToken cancellationToken);

    /// <summary>The variables that are set for the lines.</summary>
    Task<IReadOnlyDictionary<string, string>> VariablesAsync(CancellationToken cancellationToken);

    /// <summary>Puts them in their place, or makes them what they should be.</summary>
    Task WriteAsync(ScheduledRun run, CancellationToken cancellationToken);

    /// <summary>Takes them away.</summary>
    Task DeleteAsync(CancellationToken cancellationToken);
}
