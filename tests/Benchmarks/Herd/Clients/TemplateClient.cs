using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Clients;

/// <summary>
/// The systemd template cert-renewer: <c>OnCalendar=*:1/15</c>, <c>RandomizedDelaySec=5m</c> with a fresh delay each time,
/// and <c>step certificate needs-renewal</c> as the condition, which is asked when the unit runs.
/// </summary>
/// <param name="random">The host's random numbers.</param>
internal sealed class TemplateClient(HostRandom random) : IHostClient
{
    private static readonly TimeSpan Phase = TimeSpan.FromMinutes(1);

    /// <summary>From run to run.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(15);

    /// <summary>How long a run is delayed at most.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>Renewed from this share of the lifetime on, in whole percent.</summary>
    public const int DuePercent = 66;

    /// <inheritdoc/>
    public TimeSpan FirstRequest(Certificate certificate, TimeSpan now) => RequestAfter(certificate, now);

    /// <inheritdoc/>
    public TimeSpan NextRequest(Certificate certificate, TimeSpan failedAt) => RequestAfter(certificate, failedAt);

    private TimeSpan RequestAfter(Certificate certificate, TimeSpan moment)
    {
        // The last one that may still come too early, even with the longest delay.
        var early = certificate.NotBefore + certificate.Lifetime * (DuePercent / 100.0) - LongestDelay - Interval;
        var timer = Timetable.After(early > moment ? early : moment, Interval, Phase);
        while (true)
        {
            var run = timer + random.Below(LongestDelay);
            if (Math.Floor(100 * (run - certificate.NotBefore) / certificate.Lifetime) >= DuePercent)
                return Timetable.RequestOf(run, random);
            timer += Interval;
        }
    }
}
