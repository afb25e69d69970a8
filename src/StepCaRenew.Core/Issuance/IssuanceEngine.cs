using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Logging;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;

namespace StepCaRenew.Issuance;

/// <summary>Gets first certificates.</summary>
internal sealed class IssuanceEngine : IDisposable
{
    private readonly StoreServices stores;
    private readonly CertificateRequester requester;

    /// <summary>Makes an engine.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
    /// <param name="environment">The environment variables: step's configuration and proxies.</param>
    /// <param name="logger">The logger.</param>
    public IssuanceEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger)
    {
        stores = new StoreServices(clock, logger);
        requester = new CertificateRequester(new CaFinder(environment, new RootDownload(clock, environment).FetchAsync), clock, random, environment, logger);
    }

    /// <inheritdoc cref="IssuanceEngine(TimeProvider, Func{double}, Func{string, string?}, ILogger)"/>
    public IssuanceEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, CallLog log)
        : this(clock, random, environment, (ILogger)log)
    {
    }

    /// <summary>Makes an engine over another file system, for tests of crashes.</summary>
    internal IssuanceEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger, StoreServices stores)
        : this(clock, random, environment, logger) => this.stores = stores;

    /// <summary>Gets a certificate, and puts it in its place.</summary>
    /// <inheritdoc cref="RequestRun.RunAsync"/>
    public async Task<bool> RequestAsync(IssuanceRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await RequestRun.RunAsync(request, stores, requester, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (RenewalException or OperationCanceledException))
        {
            throw RenewalEngine.Unexpected(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => requester.Dispose();
}
