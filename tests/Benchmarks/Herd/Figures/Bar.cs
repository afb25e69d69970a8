using StepCaRenew.Benchmarks.Herd.Clients;

namespace StepCaRenew.Benchmarks.Herd.Figures;

/// <summary>
/// The limit for this module's busiest minute of the first lifetime, as a share of another client's.
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
        Quartiles.FromValues(results.Repeats.Select(repeat => Peak(repeat, ClientKind.StepCaRenew) / Peak(repeat, Other)));

    /// <summary>Whether the bar is held.</summary>
    /// <param name="results">All results.</param>
    public bool IsHeld(HerdResults results) => Reached(results).Upper <= Limit;

    /// <summary>One line for people.</summary>
    /// <param name="results">All results.</param>
    public string Describe(HerdResults results)
    {
        var (verdict, reached) = (IsHeld(results) ? "held" : "MISSED", Reached(results));
        return FormattableString.Invariant($"{verdict}: the busiest minute of the first lifetime is at most {Limit} of that of '{Other.Name}'; ")
            + FormattableString.Invariant($"median {reached.Median:0.000}, quartiles {reached.Lower:0.000} and {reached.Upper:0.000}");
    }

    private static double Peak(Repeat repeat, ClientKind kind) => repeat.Undisturbed[kind].BusiestMinuteOfFirstLifetime;
}
