using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Figures;

/// <summary>Reads figures from what was counted.</summary>
internal static class FigureReader
{
    /// <summary>The figures of one client in one run.</summary>
    /// <param name="tally">The counts.</param>
    /// <param name="fleet">The hosts.</param>
    /// <param name="outage">When the CA was away; null for never.</param>
    public static RunFigures Read(Tally tally, Fleet fleet, Outage? outage)
    {
        var day = (int)TimeSpan.FromDays(1).TotalMinutes;
        var minutes = tally.RenewalsPerMinute;
        return new RunFigures
        {
            BusiestMinuteOfFirstLifetime = minutes[..day].Max(),
            BusiestMinute = minutes.Max(),
            BusiestSecond = tally.RenewalsPerSecond.Max(),
            MeanPerMinute = minutes.Average(),
            Percentile99PerMinute = minutes.Order().ElementAt((int)Math.Ceiling(minutes.Length * 0.99) - 1),
            Renewals = minutes.Sum(),
            Requests = tally.RequestsPerMinute.Sum(),
            BusiestMinuteOfRequests = tally.RequestsPerMinute.Max(),
            Expired = tally.Expired,
            Outage = outage is null ? null : Read(tally, outage.End - fleet.Start),
        };
    }

    private static OutageFigures Read(Tally tally, TimeSpan end)
    {
        var drained = tally.RenewedAfterReturn.Sum();
        return new OutageFigures
        {
            Blocked = tally.Blocked,
            FailedRequests = tally.RequestsPerMinute.Sum() - tally.RenewalsPerMinute.Sum(),
            MinutesTo999PerMille = MinutesTo(tally, (int)Math.Ceiling(tally.Blocked * 0.999)),
            MinutesToAll = MinutesTo(tally, tally.Blocked),
            BusiestMinuteAfterReturn = tally.RenewalsPerMinute.Skip((int)end.TotalMinutes).Take((int)Outage.Length.TotalMinutes).Max(),
            BusiestSecondAfterReturn = tally.RenewalsPerSecond.Skip((int)end.TotalSeconds).Take((int)Outage.Length.TotalSeconds).Max(),
            NeverRenewed = tally.Blocked - drained,
        };
    }

    // Not before the end of the second in which the last of them was renewed.
    private static double MinutesTo(Tally tally, int hosts)
    {
        var (seconds, renewed) = (0, 0);
        while (renewed < hosts && seconds < tally.RenewedAfterReturn.Length)
            renewed += tally.RenewedAfterReturn[seconds++];
        return renewed < hosts ? double.PositiveInfinity : seconds / 60.0;
    }
}
