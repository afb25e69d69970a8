namespace StepCaRenew.Benchmarks.Herd.Figures;

/// <summary>One figure: what it is called, how to read it, and how many decimals it deserves.</summary>
/// <param name="Id">Its name in herd.json.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Read">Takes it from a run.</param>
/// <param name="Decimals">Digits after the point.</param>
internal sealed record FigureColumn(string Id, string Name, Func<RunFigures, double> Read, int Decimals = 0)
{
    /// <summary>The columns of a run without an outage.</summary>
    public static IReadOnlyList<FigureColumn> Undisturbed { get; } =
    [
        new("busiestMinuteOfFirstLifetime", "Busiest minute of the first lifetime (renewals)", run => run.BusiestMinuteOfFirstLifetime),
        new("busiestMinute", "Busiest minute of all 72 h (renewals)", run => run.BusiestMinute),
        new("meanPerMinute", "Mean over all minutes (renewals/min)", run => run.MeanPerMinute, 1),
        new("peakToMean", "Busiest minute to mean", run => run.PeakToMean, 1),
        new("percentile99PerMinute", "99th percentile over all minutes (renewals/min)", run => run.Percentile99PerMinute),
        new("busiestSecond", "Busiest second (renewals)", run => run.BusiestSecond),
        new("renewals", "Renewals", run => run.Renewals),
        new("requests", "Requests", run => run.Requests),
        new("expired", "Certificates that expired", run => run.Expired),
    ];

    /// <summary>The columns of a run with an outage.</summary>
    public static IReadOnlyList<FigureColumn> Disturbed { get; } =
    [
        new("blocked", "Hosts that asked in vain", run => run.Outage!.Blocked),
        new("failedRequests", "Requests that failed", run => run.Outage!.FailedRequests),
        new("busiestMinuteOfRequests", "Busiest minute, failed requests included (requests)", run => run.BusiestMinuteOfRequests),
        new("minutesTo999PerMille", "From the CA's return until 99.9 % of them were renewed (min)", run => run.Outage!.MinutesTo999PerMille, 1),
        new("minutesToAll", "From the CA's return until all of them were renewed (min)", run => run.Outage!.MinutesToAll, 1),
        new("busiestMinuteAfterReturn", "Busiest minute after the return (renewals)", run => run.Outage!.BusiestMinuteAfterReturn),
        new("busiestSecondAfterReturn", "Busiest second after the return (renewals)", run => run.Outage!.BusiestSecondAfterReturn),
        new("renewals", "Renewals in all 72 h", run => run.Renewals),
        new("requests", "Requests in all 72 h", run => run.Requests),
        new("neverRenewed", "Hosts that were left without a renewal", run => run.Outage!.NeverRenewed),
        new("expired", "Certificates that expired", run => run.Expired),
    ];
}
