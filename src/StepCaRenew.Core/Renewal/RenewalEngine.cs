using Microsoft.Extensions.Logging;
using StepCaRenew.Ca;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;

namespace StepCaRenew.Renewal;

/// <summary>Renews pairs, and runs their actions. Everything is read from disk in each run; nothing is kept between runs.</summary>
internal sealed class RenewalEngine : IDisposable
{
    private readonly RenewalServices services;

    /// <summary>Makes an engine.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
    /// <param name="environment">The environment variables: step's configuration and proxies.</param>
    /// <param name="logger">The logger.</param>
    public RenewalEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger)
        : this(clock, random, environment, logger, folders => new Volume(folders))
    {
    }

    /// <inheritdoc cref="RenewalEngine(TimeProvider, Func{double}, Func{string, string?}, ILogger)"/>
    public RenewalEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, CallLog log)
        : this(clock, random, environment, (ILogger)log)
    {
    }

    /// <summary>Makes an engine over another file system, for tests of crashes.</summary>
    internal RenewalEngine(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger, Func<OpenFolders, IVolume> volumes) =>
        services = new RenewalServices(
            clock, logger, volumes, new CertificateIssuer(clock, random, environment, logger), new ActingLocks(logger));

    /// <summary>Renews a certificate if it is due.</summary>
    /// <param name="request">The pair, when it is due, and the CA.</param>
    /// <param name="cancellationToken">
    /// Ends the run at once until the CA has answered; from then on the replacement is completed first.
    /// </param>
    /// <returns>The result, and its error if it failed.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled; nothing was changed.</exception>
    public async Task<(RenewalResult Result, RenewalException? Error)> RenewAsync(RenewalRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var report = new RenewalReport(request, services.Clock, services.Logger);
        try
        {
            return (await RenewalRun.RunAsync(request, report, services, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var error = e as RenewalException ?? Unexpected(e);
            RenewalLog.Failed(services.Logger, request.CertificatePath, error.ErrorId, error.Message);
            return (report.Failed(error), error);
        }
    }

    /// <summary>Runs the pending actions of the results of one call: each action once, after the last replacement.</summary>
    /// <param name="results">All results of the call.</param>
    /// <param name="actions">The actions of the requests.</param>
    /// <param name="host">The settings that all actions share.</param>
    /// <param name="cancellationToken">Ends a running action; it stays pending.</param>
    /// <returns>The results with the outcomes of their actions, and one error for each action that failed.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task<(IReadOnlyList<RenewalResult> Results, IReadOnlyList<RenewalException> Errors)> ActAsync(
        IReadOnlyList<RenewalResult> results, IReadOnlyList<ActionDefinition> actions, ActionHost host, CancellationToken cancellationToken)
    {
        try
        {
            return await new ActionRunner(actions, host, services.Volumes, services.Clock, services.Logger).RunAsync(results, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            services.Acting.Dispose();
        }
    }

    /// <summary>Leaves the actions that were not run to the next run.</summary>
    public void Dispose()
    {
        services.Acting.Dispose();
        services.Issuer.Dispose();
    }

    // An error in one certificate must not end the run over the others.
    private static RenewalException Unexpected(Exception e) => new(
        ErrorId.Unexpected, $"Unexpected error ({e.GetType().Name}): {e.Message}", "Please report it, with the output of -Verbose.", e);
}
