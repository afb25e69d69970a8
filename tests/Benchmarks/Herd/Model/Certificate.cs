namespace StepCaRenew.Benchmarks.Herd.Model;

/// <summary>A certificate: its validity, which is all that any of the clients looks at.</summary>
/// <param name="NotBefore">The first moment; on the simulation's clock.</param>
/// <param name="NotAfter">The last moment; on the simulation's clock.</param>
internal readonly record struct Certificate(TimeSpan NotBefore, TimeSpan NotAfter)
{
    /// <summary>How long step-ca dates a certificate back by default.</summary>
    public static readonly TimeSpan Backdate = TimeSpan.FromMinutes(1);

    /// <summary>How long a certificate of step-ca is valid by default, counted from its issue.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromHours(24);

    /// <summary>The whole validity: 24 hours and 1 minute.</summary>
    public TimeSpan Lifetime => NotAfter - NotBefore;

    /// <summary>
    /// A certificate as step-ca issues it, dated back by a minute and valid for 24 hours from now on. A renewed one keeps
    /// the whole validity of the old one, which is the same.
    /// </summary>
    /// <param name="now">The moment.</param>
    public static Certificate Issue(TimeSpan now)
    {
        // Certificates know whole seconds.
        var second = TimeSpan.FromTicks(now.Ticks - now.Ticks % TimeSpan.TicksPerSecond);
        return new Certificate(second - Backdate, second + Duration);
    }
}
