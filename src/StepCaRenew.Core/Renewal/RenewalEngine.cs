using Microsoft.Extensions.Logging;
using StepCaRenew.Ca;
using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;
using StepCaRenew.Stores;

namespace StepCaRenew.Renewal;

/// <summary>Renews pairs, and runs their actions. Everything is read from disk in each run; nothing is kept between runs.</summary>
internal sealed class RenewalEngine : IDisposable
{
    private readonly RenewalServices services;
    private readonly IssuerCache issuers = new();

    /// <summary>Makes an engine.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
    /// <param name="environment">The environment variables: step's configuration and proxies.</param>
    /// <param name="logger">The logger.</param>
    public RenewalEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger)
        : this(clock, random, environment, logger, new FollowUpRunner(clock))
    {
    }

    /// <inheritdoc cref="RenewalEngine(TimeProvider, Func{double}, Func{string, string?}, ILogger)"/>
    public RenewalEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, CallLog log)
        : this(clock, random, environment, (ILogger)log)
    {
    }

    /// <summary>Makes an engine over another file system, for tests of crashes.</summary>
    internal RenewalEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger, Func<OpenFolders, IVolume> volumes)
        : this(clock, random, environment, logger, new FollowUpRunner(clock)) =>
        services = services with { Stores = services.Stores with { Volumes = volumes } };

    /// <summary>Makes an engine of a call, which runs the follow-ups of all its engines and keeps their connections.</summary>
    internal RenewalEngine(
        TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger, FollowUpRunner followUps, SharedConnections? connections = null) =>
        services = new RenewalServices(
            clock, logger, new StoreServices(clock, logger) { Issuers = issuers }, new CertificateIssuer(clock, random, environment, logger) { Connections = connections }, followUps);

    /// <summary>Renews a certificate if it is due.</summary>
    /// <param name="request">The pair, when it is due, and the CA.</param>
    /// <param name="cancellationToken">
    /// Ends the run at once until the CA has answered; from then on the replacement is completed first.
    /// </param>
    /// <returns>The outcome; <see cref="FollowUpAsync"/> runs its follow-ups.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled; nothing was changed.</exception>
    public async Task<RenewalOutcome> RenewAsync(RenewalRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var report = new RenewalReport(request, services.Clock, services.Logger);
        try
        {
            return report.ToOutcome(await RenewalRun.RunAsync(request, report, services, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var error = report.Explain(e as RenewalException ?? Unexpected(e), services.Issuer);
            RenewalLog.Failed(services.Logger, request.CertificatePath, error.ErrorId, error.Message);
            return report.ToOutcome(report.Failed(error), error);
        }
    }

    /// <summary>Runs the open follow-ups of the outcomes of one call, each action once, and adds to the results how they ended.</summary>
    /// <param name="outcomes">All outcomes of the call.</param>
    /// <param name="host">The settings that all actions share.</param>
    /// <param name="cancellationToken">Ends a running action; it stays open.</param>
    /// <returns>One error for each action that failed.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    internal Task<IReadOnlyList<RenewalException>> FollowUpAsync(IReadOnlyList<RenewalOutcome> outcomes, ActionHost host, CancellationToken cancellationToken) =>
        RunFollowUpsAsync(services.FollowUps, outcomes, host, services.Logger, cancellationToken);

    /// <summary>The same with the runner of a call.</summary>
    internal static async Task<IReadOnlyList<RenewalException>> RunFollowUpsAsync(
        FollowUpRunner runner, IReadOnlyList<RenewalOutcome> outcomes, ActionHost host, ILogger log, CancellationToken cancellationToken)
    {
        var open = outcomes.Where(outcome => outcome.FollowUps is not null).ToList();
        try
        {
            return await runner.RunAsync([.. open.Select(outcome => (outcome.FollowUps!, outcome.Result))], host, log, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            open.ForEach(outcome => outcome.AddFollowUps());
        }
    }

    /// <summary>Leaves the actions that were not run to the next run.</summary>
    public void Dispose()
    {
        services.FollowUps.Dispose();
        services.Issuer.Dispose();
        issuers.Dispose();
    }

    /// <summary>An error that has no id of its own: in one certificate it must not end the run over the others.</summary>
    internal static RenewalException Unexpected(Exception e) => new(
        ErrorId.Unexpected, $"Unexpected error ({e.GetType().Name}): {e.Message}", "Please report it, with the output of -Verbose.", e);
}
