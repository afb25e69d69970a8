using Microsoft.Extensions.Logging;
using StepCaRenew.Ca;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;

namespace StepCaRenew.Renewal;

/// <summary>
/// One call over many pairs: the pairs are renewed, several at once; then their actions run, each once, after the last
/// renewal. A pair that fails does not stop the others.
/// </summary>
internal sealed class RenewalCall : IDisposable
{
    private readonly Func<ILogger, RenewalEngine> makeEngine;
    private readonly FollowUpRunner followUps;
    private readonly ILogger logger;
    private readonly Lazy<RenewalEngine> shared;
    private readonly List<RenewalEngine> engines = [];
    private readonly Dictionary<ILogger, RenewalEngine> enginesByLog = [];
    private readonly SharedConnections connections = new();

    /// <summary>Makes a call.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
    /// <param name="environment">The environment variables: step's configuration and proxies.</param>
    /// <param name="log">The log of the call.</param>
    public RenewalCall(TimeProvider clock, Func<double> random, Func<string, string?> environment, CallLog log)
        : this(clock, random, environment, (ILogger)log)
    {
    }

    internal RenewalCall(TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger)
    {
        this.logger = logger;
        followUps = new FollowUpRunner(clock);
        makeEngine = log => new RenewalEngine(clock, random, environment, log, followUps, connections);
        shared = new Lazy<RenewalEngine>(() => Keep(makeEngine(logger)));
    }

    /// <summary>Renews a pair if it is due, without its actions; from any thread.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled; nothing was changed.</exception>
    public Task<RenewalOutcome> RenewAsync(RenewalRequest request, CancellationToken cancellationToken) => RenewAsync(request, log: null, cancellationToken);

    /// <summary>The same for a pair that has a log of its own besides that of the call.</summary>
    /// <inheritdoc cref="RenewAsync(RenewalRequest, CancellationToken)"/>
    internal async Task<RenewalOutcome> RenewAsync(RenewalRequest request, ILogger? log, CancellationToken cancellationToken)
    {
        var engine = log is null ? shared.Value : EngineFor(log);
        var outcome = await engine.RenewAsync(request, cancellationToken).ConfigureAwait(false);
        outcome.Log = log;
        return outcome;
    }

    /// <summary>Runs the pending actions of the outcomes, each once, and adds to the results how they ended.</summary>
    /// <param name="outcomes">The outcomes of the call, in their order.</param>
    /// <param name="host">The settings that all actions share.</param>
    /// <param name="cancellationToken">Ends a running action; it stays pending.</param>
    /// <returns>One error for each action that failed.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task<IReadOnlyList<RenewalException>> FollowUpAsync(IReadOnlyList<RenewalOutcome> outcomes, ActionHost host, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        if (!outcomes.Any(outcome => outcome.FollowUps is not null))
            return [];
        // An action that several pairs share is in the log of each.
        var log = outcomes.Select(outcome => outcome.Log).OfType<ILogger>().Distinct().Aggregate(logger, (one, other) => new TeeLogger(one, other));
        var errors = await RenewalEngine.RunFollowUpsAsync(followUps, outcomes, host, log, cancellationToken).ConfigureAwait(false);
        Dispose();
        return errors;
    }

    /// <summary>Leaves the actions that were not run to the next call, and closes the connections.</summary>
    public void Dispose()
    {
        connections.Dispose();
        lock (engines)
        {
            foreach (var engine in engines)
                engine.Dispose();
        }
    }

    // The pairs of one log share what an engine has read: roots and issuers.
    private RenewalEngine EngineFor(ILogger log)
    {
        lock (engines)
            return enginesByLog.TryGetValue(log, out var engine) ? engine : enginesByLog[log] = Keep(makeEngine(new TeeLogger(logger, log)));
    }

    private RenewalEngine Keep(RenewalEngine engine)
    {
        lock (engines)
            engines.Add(engine);
        return engine;
    }
}
