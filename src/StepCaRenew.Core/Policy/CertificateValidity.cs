namespace StepCaRenew.Policy;

/// <summary>The data of a certificate that the policy needs.</summary>
/// <param name="NotBefore">The first moment of its validity.</param>
/// <param name="NotAfter">The last moment of its validity.</param>
/// <param name="Spread">See <see cref="CertificateSpread"/>.</param>
internal sealed record CertificateValidity(DateTimeOffset NotBefore, DateTimeOffset NotAfter, double Spread)
{
    /// <summary>The whole validity.</summary>
    public TimeSpan Lifetime => NotAfter - NotBefore;

    /// <summary>The share of the lifetime that is over, in percent: below 0 before the validity, above 100 after it.</summary>
    public double ElapsedPercent(DateTimeOffset now) =>
        Lifetime > TimeSpan.Zero ? 100.0 * (now - NotBefore).Ticks / Lifetime.Ticks : 100.0;
}
