namespace StepCaRenew.Cmdlets.Support;

/// <summary>What came of one renewal.</summary>
/// <param name="Result">The result.</param>
/// <param name="Error">The failure that it tells of, if any.</param>
internal sealed record RenewalOutcome(RenewalResult Result, RenewalException? Error);
