namespace StepCaRenew.Scheduling;

/// <summary>A schedule as it was found on this machine.</summary>
/// <param name="Exists">Whether there is anything under the name.</param>
/// <param name="Description">When it runs, in the notation of the scheduler, such as <c>*:07/15:23</c>; null if there is none.</param>
/// <param name="Differences">A sentence for each difference from what the schedule should be; empty if it is healthy.</param>
internal sealed record ScheduleFinding(bool Exists, string? Description, IReadOnlyList<string> Differences)
{
    /// <summary>Whether the schedule exists and is as it should be.</summary>
    public bool IsHealthy => Exists && Differences.Count == 0;

    /// <summary>The known environment variables that the scheduler gives a run; they decide where the run looks for its definition.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>No schedule exists.</summary>
    public static ScheduleFinding None { get; } = new(false, null, ["There is no schedule."]);
}
