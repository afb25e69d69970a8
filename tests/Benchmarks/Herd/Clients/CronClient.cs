using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Clients;

/// <summary>
/// <c>*/5 * * * * step ca renew --force --expires-in 8h</c>: every run draws the jitter again. Eight hours are a third of
/// the lifetime, as the other clients have it.
/// </summary>
/// <param name="random">The host's random numbers.</param>
internal sealed class CronClient(HostRandom random) : IHostClient
{
    private const int JitterShare = 20;

    /// <summary>From run to run, at second 0 on all hosts.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>Renewed when no more than that remains.</summary>
    public static readonly TimeSpan ExpiresIn = TimeSpan.FromHours(8);

    /// <inheritdoc/>
    public TimeSpan FirstRequest(Certificate certificate, TimeSpan now) => RequestAfter(certificate, now);

    /// <inheritdoc/>
    public TimeSpan NextRequest(Certificate certificate, TimeSpan failedAt) => RequestAfter(certificate, failedAt);

    private TimeSpan RequestAfter(Certificate certificate, TimeSpan moment)
    {
        // No draw finds it due before that.
        var earliest = certificate.NotAfter - ExpiresIn - ExpiresIn / JitterShare;
        var run = earliest > moment ? Timetable.At(earliest, Interval, TimeSpan.Zero) : Timetable.After(moment, Interval, TimeSpan.Zero);
        while (certificate.NotAfter - run > ExpiresIn + random.Below(ExpiresIn / JitterShare))
            run += Interval;
        return Timetable.RequestOf(run, random);
    }
}
