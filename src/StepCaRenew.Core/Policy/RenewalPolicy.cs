namespace StepCaRenew.Policy;

/// <summary>When a certificate is due. Pure: no clock, no randomness, no input or output.</summary>
internal static class RenewalPolicy
{
    private const int JitterShare = 10;
    private const int ExpiresInJitterShare = 20;

    /// <summary>Whether a certificate is due.</summary>
    /// <exception cref="RenewalException">The rule can never be met (<see cref="ErrorId.ExpiresInTooLong"/>).</exception>
    public static RenewalDecision Decide(CertificateValidity certificate, RenewalRule rule, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var due = DueTime(certificate, rule);
        return new RenewalDecision(rule.IsForced || now >= due, due);
    }

    /// <summary>The time from which a certificate is due by the rule, also if its renewal is forced.</summary>
    /// <exception cref="RenewalException">The rule can never be met (<see cref="ErrorId.ExpiresInTooLong"/>).</exception>
    public static DateTimeOffset DueTime(CertificateValidity certificate, RenewalRule rule)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var lifetime = certificate.Lifetime;
        return rule switch
        {
            RenewalRule.ExpiresIn { Remaining: var remaining } => certificate.NotBefore + NotNegative(
                lifetime - Below(lifetime, remaining) - Jitter(remaining / ExpiresInJitterShare, certificate)),
            RenewalRule.ElapsedPercent { Percent: var percent } => certificate.NotBefore + lifetime * (percent / 100),
            _ => certificate.NotBefore + lifetime * 2 / 3 - Jitter(lifetime / JitterShare, certificate),
        };
    }

    // Rounded down, so that the jitter stays below its width.
    private static TimeSpan Jitter(TimeSpan width, CertificateValidity certificate) =>
        TimeSpan.FromTicks((long)(width.Ticks * certificate.Spread));

    private static TimeSpan NotNegative(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;

    private static TimeSpan Below(TimeSpan lifetime, TimeSpan remaining) => remaining <= lifetime
        ? remaining
        : throw new RenewalException(
            ErrorId.ExpiresInTooLong,
            $"-ExpiresIn {Duration.Format(remaining)} is longer than the certificate's lifetime of {Duration.Format(lifetime)}, so it would be renewed at every run.",
            $"Use a duration of at most {Duration.Format(lifetime)}, or -Force to renew now.");
}

/// <summary>When a certificate is to be renewed.</summary>
internal abstract record RenewalRule
{
    private RenewalRule()
    {
    }

    /// <summary>After two thirds of the lifetime, less a jitter of up to a tenth of it.</summary>
    public static RenewalRule Default { get; } = new TwoThirds();

    /// <summary>At once; the next renewal follows the default rule.</summary>
    public static RenewalRule Force { get; } = Default with { IsForced = true };

    /// <summary>True to renew now although the certificate is not due. Later renewals follow the rule.</summary>
    public bool IsForced { get; init; }

    /// <summary>The default rule.</summary>
    public sealed record TwoThirds : RenewalRule;

    /// <summary>When the rest of the validity is at most a duration.</summary>
    /// <param name="Remaining">The duration; greater than zero.</param>
    public sealed record ExpiresIn(TimeSpan Remaining) : RenewalRule;

    /// <summary>When a share of the lifetime has passed, as <c>step certificate needs-renewal</c> counts.</summary>
    /// <param name="Percent">The share in percent; greater than 0, less than 100.</param>
    public sealed record ElapsedPercent(double Percent) : RenewalRule;
}

/// <summary>Whether a certificate is due, and from when.</summary>
/// <param name="IsDue">True if it is to be renewed now.</param>
/// <param name="RenewAfter">The time from which it is due by the rule.</param>
internal sealed record RenewalDecision(bool IsDue, DateTimeOffset RenewAfter);
