using StepCaRenew.Benchmarks.Herd.Model;
using StepCaRenew.Policy;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Benchmarks.Herd.Clients;

/// <summary>
/// This module, as it is registered by default: policy, interval, phase and retries are the module's own code.
/// </summary>
/// <param name="random">The host's random numbers.</param>
internal sealed class StepCaRenewClient(HostRandom random) : IHostClient
{
    // Policy counts in dates. This one begins a day, as the timetable does.
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Issuer = new System.Security.Cryptography.X509Certificates.X500DistinguishedName("CN=Smallstep Intermediate CA").RawData;
    private static readonly TimeSpan Interval = ScheduleInterval.For(Certificate.Issue(TimeSpan.Zero).Lifetime)
        ?? throw new InvalidOperationException("No interval fits the lifetime.");

    private readonly TimeSpan phase = SchedulePhase.For(MachineId(random), "web", Interval);
    private RetryTrain? train;

    /// <inheritdoc/>
    public TimeSpan FirstRequest(Certificate certificate, TimeSpan now)
    {
        train = null;
        var due = DueTime(certificate);
        return Timetable.RequestOf(Timetable.At(due > now ? due : now, Interval, phase), random);
    }

    /// <inheritdoc/>
    public TimeSpan NextRequest(Certificate certificate, TimeSpan failedAt)
    {
        train ??= RetryTrain.Draw(failedAt, Interval, random);
        if (train.Next() is { } next)
            return next;
        train = null;
        return Timetable.RequestOf(Timetable.After(failedAt, Interval, phase), random);
    }

    private TimeSpan DueTime(Certificate certificate)
    {
        Span<byte> serial = stackalloc byte[16];
        random.Fill16(serial);
        var validity = new CertificateValidity(Epoch + certificate.NotBefore, Epoch + certificate.NotAfter, CertificateSpread.ForCertificate(Issuer, serial));
        return RenewalPolicy.DueTime(validity, RenewalRule.Default) - Epoch;
    }

    private static string MachineId(HostRandom random)
    {
        Span<byte> id = stackalloc byte[16];
        random.Fill16(id);
        return Convert.ToHexStringLower(id);
    }
}
