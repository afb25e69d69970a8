namespace StepCaRenew.Policy;

/// <summary>Whether a certificate is due, and from when.</summary>
/// <param name="IsDue">True if it is to be renewed now.</param>
/// <param name="RenewAfter">The time from which it is due by the rule.</param>
internal sealed record RenewalDecision(bool IsDue, DateTimeOffset RenewAfter);
