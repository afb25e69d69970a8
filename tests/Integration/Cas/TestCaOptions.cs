namespace StepCaRenew.Integration.Cas;

/// <summary>The configuration of a CA; tests with equal options share one.</summary>
public sealed record TestCaOptions
{
    public bool AllowRenewalAfterExpiry { get; init; }

    public TimeSpan Backdate { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Includes the backdate.</summary>
    public TimeSpan MinDuration { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(720);

    public TimeSpan DefaultDuration { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The server's names, with commas between them.</summary>
    public string DnsNames { get; init; } = "127.0.0.1,localhost";

    /// <summary>A CA without a database cannot revoke.</summary>
    public bool NoDatabase { get; init; }

    /// <summary>How many requests a connection of HTTP/2 may have at the same time; null for the default. Only for DevCa.</summary>
    public int? StreamsPerConnection { get; init; }
}
