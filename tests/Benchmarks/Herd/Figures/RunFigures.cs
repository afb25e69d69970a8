namespace StepCaRenew.Benchmarks.Herd.Figures;

/// <summary>The figures of one client in one run.</summary>
internal sealed record RunFigures
{
    /// <summary>Renewals in the busiest minute of the first 24 hours.</summary>
    public required double BusiestMinuteOfFirstLifetime { get; init; }

    /// <summary>Renewals in the busiest minute of all 72 hours.</summary>
    public required double BusiestMinute { get; init; }

    /// <summary>Renewals in the busiest second of all 72 hours.</summary>
    public required double BusiestSecond { get; init; }

    /// <summary>Renewals per minute, over all minutes.</summary>
    public required double MeanPerMinute { get; init; }

    /// <summary>The 99th percentile of the renewals per minute, over all minutes, those without any included.</summary>
    public required double Percentile99PerMinute { get; init; }

    /// <summary>Renewals.</summary>
    public required double Renewals { get; init; }

    /// <summary>Requests, those that failed included.</summary>
    public required double Requests { get; init; }

    /// <summary>Requests in the busiest minute, those that failed included.</summary>
    public required double BusiestMinuteOfRequests { get; init; }

    /// <summary>Certificates that expired before they were renewed.</summary>
    public required double Expired { get; init; }

    /// <summary>The effect of the outage; null if there was none.</summary>
    public OutageFigures? Outage { get; init; }

    /// <summary>How many times the mean the busiest minute is.</summary>
    public double PeakToMean => BusiestMinute / MeanPerMinute;
}
