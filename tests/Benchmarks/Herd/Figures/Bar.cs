using StepCaRenew.Benchmarks.Herd.Clients;

namespace StepCaRenew.Benchmarks.Herd.Figures;

/// <summary>
/// What this module's busiest minute of the first lifetime may be at most, as a share of another client's.
/// </summary>
/// <param name="Other">The other client.</param>
/// <param name="Limit">The share.</param>
internal sealed record Bar(ClientKind Other, double Limit)
{
    /// <summary>All bars.</summary>
    public static IReadOnlyList<Bar> All { get; } = [new(ClientKind.Daemon, 0.6), new(ClientKind.Cron, 0.1), new(ClientKind.Template, 0.1)];

    /// <summary>The shares that were reached; the worse quartile decides, which is the upper one.</summary>
    /// <param name="results">All results.</param>
    public Quartiles Reached(HerdResults results) =>
        Quartiles.Of(results.Repeats.Select(repeat => Peak(repeat, ClientKind.StepCaRenew) / Peak(repeat, Other)));

    /// <summary>Whether the bar is held.</summary>
    /// <param name="results">All results.</param>
    public bool IsHeld(HerdResults results) => Reached(results).Upper <= Limit;

    /// <summary>One line for people.</summary>
    /// <param name="results">All results.</param>
    public string Describe(HerdResults results) => FormattableString.Invariant(
        $"{(IsHeld(results) ? "held" : "MISSED")}: busiest minute of the first lifetime at most {Limit} of {Other.Name}'s; median {Reached(results).Median:0.000}, quartiles {Reached(results).Lower:0.000} to {Reached(results).Upper:0.000}");

    private static double Peak(Repeat repeat, ClientKind kind) => repeat.Undisturbed[kind].BusiestMinuteOfFirstLifetime;
}
