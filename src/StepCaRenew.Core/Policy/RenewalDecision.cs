namespace StepCaRenew.Policy;

/// <summary>Whether a certificate is due, and since or from when.</summary>
/// <param name="IsDue">True where it is to be renewed now.</param>
/// <param name="RenewAfter">The moment from which it is due by the rule.</param>
internal sealed record RenewalDecision(bool IsDue, DateTimeOffset RenewAfter);
