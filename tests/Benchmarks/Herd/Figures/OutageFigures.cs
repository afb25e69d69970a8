namespace StepCaRenew.Benchmarks.Herd.Figures;

/// <summary>The effect of an outage on one client in one run.</summary>
internal sealed record OutageFigures
{
    /// <summary>Hosts with a request that failed.</summary>
    public required double Blocked { get; init; }

    /// <summary>Requests that failed.</summary>
    public required double FailedRequests { get; init; }

    /// <summary>From the CA's return until 99.9 % of the blocked hosts were renewed; minutes.</summary>
    public required double MinutesTo999PerMille { get; init; }

    /// <summary>From the CA's return until all blocked hosts were renewed; minutes.</summary>
    public required double MinutesToAll { get; init; }

    /// <summary>Renewals in the busiest minute of the two hours after the return.</summary>
    public required double BusiestMinuteAfterReturn { get; init; }

    /// <summary>Renewals in the busiest second of the two hours after the return.</summary>
    public required double BusiestSecondAfterReturn { get; init; }

    /// <summary>Blocked hosts that were not renewed by the end of the simulated time.</summary>
    public required double NeverRenewed { get; init; }
}
