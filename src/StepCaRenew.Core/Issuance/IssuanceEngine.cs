using Microsoft.Extensions.Logging;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Logging;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;
using StepCaRenew.Stores.PemFiles;

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
            var outcome = await RequestRun.RunAsync(request, stores, requester, cancellationToken).ConfigureAwait(false);
            return !outcome.IsIssued || request.Publications.Count == 0 ? outcome
                : outcome with { PublicationErrors = await PublishAsync(request, cancellationToken).ConfigureAwait(false) };
        }
        catch (Exception e) when (e is not (RenewalException or OperationCanceledException))
        {
            throw RenewalEngine.Unexpected(e);
        }
    }

    /// <summary>Makes the checks of a request that need no CA, and changes nothing.</summary>
    /// <returns>The plan, and the error with which the request would fail.</returns>
    public async Task<(IssuancePlan Plan, RenewalException? Problem)> PlanAsync(IssuanceRequest request, CancellationToken cancellationToken)
    {
        var path = request.Location.CertificatePath;
        var plan = new IssuancePlan
        {
            Name = CertificateName.FromPath(path),
            CertificatePath = path,
            KeyPath = request.Location.KeyPath ?? KeyPathConvention.FindNextTo(path) ?? KeyPathConvention.ForNew(path),
        };
        try
        {
            var wanted = request.NamedRequest;
            plan = plan with { Subject = wanted.Subject, San = TextList.FromNames(wanted.Names?.Texts ?? []) };
            List<string> steps = [];
            var outcome = await RequestRun.RunAsync(request with { ApproveAsync = NoteAsync }, stores, requester, cancellationToken).ConfigureAwait(false);
            if (steps.Count > 0)
                steps.AddRange(request.Publications.Select(publication => $"Publish the certificate to '{publication.Path}'."));
            return (plan with
            {
                Status = outcome.Differences is [] ? IssuanceStatus.Unchanged : outcome.Replaces ? IssuanceStatus.WouldReplace : IssuanceStatus.WouldRequest,
                Planned = TextList.FromSentences(steps),
                Changes = TextList.FromSentences(outcome.Differences?.Select(difference => difference.Text) ?? []),
                ChangedProperties = TextList.FromNames(outcome.Differences?.Select(difference => difference.Property) ?? []),
            }, null);

            Task<bool> NoteAsync(RenewalPlan step, CancellationToken stopping)
            {
                steps.Add($"{step.Action}.");
                return Task.FromResult(false);
            }
        }
        catch (RenewalException e)
        {
            return (plan with { Status = IssuanceStatus.WouldFail, ErrorId = e.ErrorId, Problems = TextList.FromSentences([$"{e.ErrorId}: {e.Message} {e.Remedy}"]) }, e);
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
internal sealed record IssuanceOutcome
{
    /// <summary>Whether the certificate was issued and is in its place; false if the request was not approved, or not needed.</summary>
    public required bool IsIssued { get; init; }

    /// <summary>Whether there was something in its place.</summary>
    public bool Replaces { get; init; }

    /// <summary>The reasons to replace what is in place; none if it is the requested pair (<see cref="IssuanceRequest.IfNeeded"/>); null if nothing is in place, or the user forces it.</summary>
    public IReadOnlyList<PairDifference>? Differences { get; init; }

    /// <summary>One error for each publication that failed.</summary>
    public IReadOnlyList<RenewalException> PublicationErrors { get; init; } = [];
}
