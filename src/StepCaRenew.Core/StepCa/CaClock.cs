namespace StepCaRenew.StepCa;

/// <summary>How this machine's clock and the CA's differ.</summary>
/// <param name="Difference">How far the CA's clock was ahead when it last answered; null if it is not known.</param>
/// <param name="Limit">
/// From which difference on the CA's certificates begin too far in the future of this machine; null as long as none was
/// thrown away for that.
/// </param>
public sealed record CaClock(TimeSpan? Difference, TimeSpan? Limit)
{
    /// <summary>What is worth a warning: clocks of two machines are never the same.</summary>
    internal static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);
}
