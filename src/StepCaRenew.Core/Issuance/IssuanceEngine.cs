using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.FollowUps.Publications;
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

    /// <summary>Gets a certificate, puts it in its place, and publishes it.</summary>
    /// <inheritdoc cref="RequestRun.RunAsync"/>
    public async Task<IssuanceOutcome> RequestAsync(IssuanceRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (!await RequestRun.RunAsync(request, stores, requester, cancellationToken).ConfigureAwait(false))
                return new IssuanceOutcome(IsIssued: false, []);
            return new IssuanceOutcome(IsIssued: true, request.Publications.Count == 0 ? [] : await PublishAsync(request, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is not (RenewalException or OperationCanceledException))
        {
            throw RenewalEngine.Unexpected(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => requester.Dispose();

    // After the run, which holds the lock of the pair. Nothing is recorded: a renewal with the same publications finds what is missing.
    private async Task<IReadOnlyList<RenewalException>> PublishAsync(IssuanceRequest request, CancellationToken cancellationToken)
    {
        var publications = new PairPublications(request.Publications, request.Location, request.LockTimeout, stores, _ => requester.Root);
        var failures = await publications.PublishAsync(requester.SerialNumber!, cancellationToken).ConfigureAwait(false);
        if (failures.Count == 0)
            await publications.RemoveOldAsync(publications.LastThumbprint!).ConfigureAwait(false);
        var parameters = string.Join(" and ", request.Publications.Select(publication => publication.Parameter));
        return [.. failures.Select(failure => new RenewalException(
            failure.ErrorId, $"{CertificateName.FromPath(request.Location.CertificatePath)} was issued, but its {failure.Message}",
            $"{(failure.InnerException as RenewalException)?.Remedy ?? "Fix the cause."} Then run Invoke-StepRenewal with the same {parameters}: it publishes the certificate without renewing it.", failure))];
    }
}

/// <summary>The outcome of a request.</summary>
/// <param name="IsIssued">Whether the certificate was issued and is in its place; false if the request was not approved.</param>
/// <param name="PublicationErrors">One error for each publication that failed.</param>
internal sealed record IssuanceOutcome(bool IsIssued, IReadOnlyList<RenewalException> PublicationErrors);
