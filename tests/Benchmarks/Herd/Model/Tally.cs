namespace StepCaRenew.Benchmarks.Herd.Model;

/// <summary>Requests that arrived at the CA, counted from the minute of the first certificates on.</summary>
internal sealed class Tally
{
    /// <summary>Requests of each minute, those that failed included.</summary>
    public int[] RequestsPerMinute { get; } = new int[(int)Fleet.Horizon.TotalMinutes];

    /// <summary>Renewals of each minute.</summary>
    public int[] RenewalsPerMinute { get; } = new int[(int)Fleet.Horizon.TotalMinutes];

    /// <summary>Renewals of each second.</summary>
    public int[] RenewalsPerSecond { get; } = new int[(int)Fleet.Horizon.TotalSeconds];

    /// <summary>How many hosts had to wait for the CA's return, and were renewed in the n-th second after it.</summary>
    public int[] RenewedAfterReturn { get; } = new int[(int)Fleet.Horizon.TotalSeconds];

    /// <summary>Hosts with a request that failed.</summary>
    public int Blocked { get; set; }

    /// <summary>Certificates that expired before they were renewed.</summary>
    public int Expired { get; set; }

    /// <summary>The smallest number of renewals of a host.</summary>
    public int FewestOfAHost { get; set; } = int.MaxValue;

    /// <summary>The largest number of renewals of a host.</summary>
    public int MostOfAHost { get; set; }

    /// <summary>Counts one host's renewals.</summary>
    /// <param name="renewals">How many it had.</param>
    public void CountHost(int renewals) =>
        (FewestOfAHost, MostOfAHost) = (Math.Min(FewestOfAHost, renewals), Math.Max(MostOfAHost, renewals));

    /// <summary>Adds another count of other hosts to this one.</summary>
    /// <param name="other">The other one.</param>
    public void Add(Tally other)
    {
        Add(RequestsPerMinute, other.RequestsPerMinute);
        Add(RenewalsPerMinute, other.RenewalsPerMinute);
        Add(RenewalsPerSecond, other.RenewalsPerSecond);
        Add(RenewedAfterReturn, other.RenewedAfterReturn);
        Blocked += other.Blocked;
        Expired += other.Expired;
        FewestOfAHost = Math.Min(FewestOfAHost, other.FewestOfAHost);
        MostOfAHost = Math.Max(MostOfAHost, other.MostOfAHost);
    }

    private static void Add(int[] sums, int[] more)
    {
        for (var i = 0; i < sums.Length; i++)
            sums[i] += more[i];
    }
}
