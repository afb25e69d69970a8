using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Clients;

/// <summary>The client of one host: when it asks the CA. A request and its answer take no time.</summary>
internal interface IHostClient
{
    /// <summary>When it first asks for a certificate to be renewed.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="now">When it was issued; the request comes no earlier.</param>
    TimeSpan FirstRequest(Certificate certificate, TimeSpan now);

    /// <summary>When it asks again after a request that failed.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="failedAt">When the request failed; the next one comes later.</param>
    TimeSpan NextRequest(Certificate certificate, TimeSpan failedAt);
}
