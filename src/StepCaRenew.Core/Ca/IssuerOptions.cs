using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Ca;

/// <summary>How the CA is asked for a certificate, and what is called back.</summary>
internal sealed record IssuerOptions
{
    /// <summary>Which CA.</summary>
    public required CaOptions Ca { get; init; }

    /// <summary>How long after the first request a transient failure may be retried.</summary>
    public TimeSpan RetryTimeout { get; init; }

    /// <summary>The CA's clock as an earlier run found it; null if it is unknown.</summary>
    public CaClock? LastClock { get; init; }

    /// <summary>Called before each request.</summary>
    public Action OnAttempt { get; init; } = () => { };

    /// <summary>Receives what was found out about the CA's clock, after success and failure; null if the CA did not answer.</summary>
    public Action<CaClock?> OnClock { get; init; } = _ => { };
}
