namespace StepCaRenew.Benchmarks.Herd.Model;

/// <summary>Places the outage where it hurts, at the same time for all clients.</summary>
internal static class OutageWindow
{
    /// <summary>
    /// The busiest two hours of the second day of an undisturbed run, all clients' renewals taken together; all have as
    /// many hosts, so none weighs more.
    /// </summary>
    /// <param name="fleet">The hosts.</param>
    /// <param name="undisturbed">The counts without an outage, one for each client.</param>
    public static Outage Find(Fleet fleet, IReadOnlyList<Tally> undisturbed)
    {
        var length = (int)Outage.Length.TotalMinutes;
        var day = (int)TimeSpan.FromDays(1).TotalMinutes;
        int Renewals(int minute) => undisturbed.Sum(tally => tally.RenewalsPerMinute[minute]);

        var sum = Enumerable.Range(day, length).Sum(Renewals);
        var (best, bestSum) = (day, sum);
        for (var start = day + 1; start + length <= 2 * day; start++)
        {
            sum += Renewals(start + length - 1) - Renewals(start - 1);
            if (sum > bestSum)
                (best, bestSum) = (start, sum);
        }

        return new Outage(fleet.Start + TimeSpan.FromMinutes(best));
    }
}
