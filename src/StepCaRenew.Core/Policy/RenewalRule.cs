namespace StepCaRenew.Policy;

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
