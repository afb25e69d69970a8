namespace StepCaRenew.Scheduling;

/// <summary>A schedule as it was found.</summary>
/// <param name="Exists">Whether there is anything under the name.</param>
/// <param name="Description">When it runs, as the scheduler's own notation says it, such as <c>*:07/15:23</c>; null where there is none.</param>
/// <param name="Differences">Each difference from what it should be, a sentence each; none where it is healthy.</param>
public sealed record ScheduleFinding(bool Exists, string? Description, IReadOnlyList<string> Differences)
{
    /// <summary>Whether it is there, and as it should be.</summary>
    public bool IsHealthy => Exists && Differences.Count == 0;

    /// <summary>The environment variables that the scheduler gives a run, as far as they are known: a run finds its definition by them.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Nothing is there.</summary>
    public static ScheduleFinding None { get; } = new(false, null, ["There is no schedule."]);
}
