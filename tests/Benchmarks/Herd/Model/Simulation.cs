using StepCaRenew.Benchmarks.Herd.Clients;

namespace StepCaRenew.Benchmarks.Herd.Model;

/// <summary>Takes every host of a fleet through the simulated time, from request to request.</summary>
/// <param name="fleet">The hosts.</param>
/// <param name="kind">Their client.</param>
/// <param name="outage">When the CA is away; null for never.</param>
internal sealed class Simulation(Fleet fleet, ClientKind kind, Outage? outage)
{
    /// <summary>Counts what arrives at the CA.</summary>
    public Tally Run()
    {
        var total = new Tally();
        var gate = new Lock();
        Parallel.For(
            0,
            fleet.Hosts,
            () => new Tally(),
            (host, _, tally) =>
            {
                RunHost(host, tally);
                return tally;
            },
            tally =>
            {
                lock (gate)
                    total.Add(tally);
            });
        return total;
    }

    private void RunHost(int host, Tally tally)
    {
        var random = fleet.RandomOf(host);
        var client = kind.Create(random);
        var (renewals, isWaiting) = (0, false);
        var issued = fleet.Start + random.Below(TimeSpan.FromMinutes(1));
        var certificate = Certificate.Issue(issued);
        var now = client.FirstRequest(certificate, issued);
        while (now < fleet.End)
        {
            tally.RequestsPerMinute[Minute(now)]++;
            if (outage?.Covers(now) == true)
            {
                tally.Blocked += isWaiting ? 0 : 1;
                isWaiting = true;
                now = client.NextRequest(certificate, now);
                continue;
            }

            tally.RenewalsPerMinute[Minute(now)]++;
            tally.RenewalsPerSecond[(int)(now - fleet.Start).TotalSeconds]++;
            tally.RenewedAfterReturn[isWaiting ? (int)(now - outage!.End).TotalSeconds : 0] += isWaiting ? 1 : 0;
            tally.Expired += now > certificate.NotAfter ? 1 : 0;
            renewals++;
            isWaiting = false;
            certificate = Certificate.Issue(now);
            now = client.FirstRequest(certificate, now);
        }

        tally.CountHost(renewals);
    }

    private int Minute(TimeSpan now) => (int)((now.Ticks - fleet.Start.Ticks) / TimeSpan.TicksPerMinute);
}
