namespace StepCaRenew.Benchmarks.Herd.Model;

/// <summary>Hosts that were given their first certificate within the same minute.</summary>
/// <param name="Hosts">How many.</param>
/// <param name="Seed">The seed of all that is random.</param>
internal sealed record Fleet(int Hosts, long Seed)
{
    /// <summary>How long is looked at: three lifetimes.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromHours(72);

    // Hosts have the numbers from zero on.
    private const int FleetsOwnStream = -1;

    /// <summary>
    /// The minute of the first certificates: a random one of its hour, because cron and timers run at fixed minutes, and
    /// the certificates' place between them is random. The simulation's clock is the wall clock from that hour on.
    /// </summary>
    public TimeSpan Start { get; } = TimeSpan.FromMinutes(new HostRandom(Seed, FleetsOwnStream).Below(60));

    /// <summary>The end of the simulated time.</summary>
    public TimeSpan End => Start + Horizon;

    /// <summary>The random numbers of a host.</summary>
    /// <param name="host">Its number.</param>
    public HostRandom RandomOf(int host) => new(Seed, host);
}
