using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Clients;

/// <summary><c>step ca renew --daemon</c>: it waits in memory, for a time that is drawn once per renewal.</summary>
/// <param name="random">The host's random numbers.</param>
internal sealed class DaemonClient(HostRandom random) : IHostClient
{
    private const int ExpiresInShare = 3;
    private const int JitterShare = 20;

    /// <summary>From a failure to the next request.</summary>
    public static readonly TimeSpan WaitAfterError = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public TimeSpan FirstRequest(Certificate certificate, TimeSpan now)
    {
        var jitter = certificate.Lifetime / JitterShare;
        var wait = certificate.NotAfter - now - certificate.Lifetime / ExpiresInShare;
        if (wait <= TimeSpan.Zero)
            return now;
        return now + (wait < jitter ? random.Below(wait) : wait - random.Below(jitter));
    }

    /// <inheritdoc/>
    public TimeSpan NextRequest(Certificate certificate, TimeSpan failedAt) => failedAt + WaitAfterError;
}
