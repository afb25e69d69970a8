namespace StepCaRenew.Ca;

/// <summary>The difference between the CA's clock and this machine's.</summary>
/// <param name="Difference">The CA's clock minus this machine's, from the last answer; null if unknown.</param>
/// <param name="Limit">
/// The difference from which on a new certificate is not yet valid on this machine; null if no certificate was refused for
/// that reason.
/// </param>
internal sealed record CaClock(TimeSpan? Difference, TimeSpan? Limit)
{
    /// <summary>A larger difference is logged as a warning.</summary>
    internal static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);
}
