using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Ca;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;
using StepCaRenew.Monitoring;
using StepCaRenew.Registration.Accounts;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>
/// One call for registered renewals: the renewals, independent of each other; then the actions of all, each once; then states
/// and monitors.
/// </summary>
/// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
/// <param name="environment">The environment variables: step's configuration and proxies.</param>
/// <param name="logger">The log of the call; each renewal has a log of its own too.</param>
internal sealed partial class RegisteredRuns(RegisteredRunOptions options, TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger) : IDisposable
{
    private readonly SortedList<int, RegisteredOutcome> outcomes = [];
    private IReadOnlyList<RenewalException> actionErrors = [];

    /// <inheritdoc cref="RegisteredRuns(RegisteredRunOptions, TimeProvider, Func{double}, Func{string, string?}, ILogger)"/>
    public RegisteredRuns(RegisteredRunOptions options, TimeProvider clock, Func<double> random, Func<string, string?> environment, CallLog log)
        : this(options, clock, random, environment, (ILogger)log)
    {
    }

    /// <summary>The outcomes of the renewals, in their order.</summary>
    public IReadOnlyList<RegisteredOutcome> Outcomes => [.. outcomes.Values];

    /// <summary>The actions that failed.</summary>
    public IReadOnlyList<RenewalException> ActionErrors => actionErrors;

    /// <summary>The exit code for a scheduler; see <see cref="RunExitCode"/>.</summary>
    public int ExitCode => outcomes.Values.Any(outcome => outcome is { Result: not null, Error: not null } && outcome.Error.ErrorId != ErrorId.ActionFailed) ? RunExitCode.RenewalFailed
        : outcomes.Values.Any(outcome => outcome.Result is null) ? RunExitCode.ConfigurationRefused
        : actionErrors.Count > 0 || outcomes.Values.Any(outcome => outcome.Error is not null) ? RunExitCode.ActionsFailed
        : RunExitCode.Success;

    /// <summary>Runs one renewal without its actions, on any thread.</summary>
    /// <param name="position">Its place among those of the call.</param>
    /// <param name="store">The store that it is registered in; null if it is not registered.</param>
    /// <param name="cancellationToken">Ends it as <see cref="RenewalEngine.RenewAsync"/> says.</param>
    /// <returns>False if it runs as another account: then it is among <see cref="OtherAccounts"/>.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled; nothing was changed.</exception>
    public async Task<bool> RenewAsync(int position, DefinitionStore? store, string name, CancellationToken cancellationToken)
    {
        RegisteredRenewal? renewal = null;
        try
        {
            if (store is null)
                throw RegisteredNames.NotRegistered(name);
            var definition = store.Load(name);
            if (!RunAccount.IsThisProcess(definition))
            {
                Defer(new OtherRenewal(position, store, definition));
                return false;
            }

            renewal = RegisteredRenewal.Open(store, definition, options.Module);
            var log = new TeeLogger(logger, LogOf(renewal));
            RequireActions(renewal.Definition, log);
            if (!options.IsWhatIf)
                OwnFolder.TryMake(store.Folders.StateFolder(name));
            var engine = EngineWith(log);
            var order = options.IsScheduled ? RunOrder.ReadOnce(store.Folders, name, clock) : null;
            var (result, error) = await engine.RenewAsync(RequestOf(renewal, order) with { LastClock = ClockOf(renewal) }, cancellationToken).ConfigureAwait(false);
            if (order is false && error is null && result.Status == RenewalStatus.NotDue)
                (result, error) = await new RunTest(clock, environment, log).RunAsync(renewal.Definition, options.Host, result, cancellationToken).ConfigureAwait(false);
            Add(position, new RegisteredOutcome(store, name, renewal, log, result with { Name = name }, error) { Engine = engine });
        }
        catch (RenewalException e)
        {
            var monitor = renewal?.HealthCheckUri ?? (store is null ? null : HealthCheckFile.TryReadOwn(store, name));
            renewal?.Dispose();
            // The log that the definition names cannot be trusted, so the default log is used.
            TaskLog.Refused(store is null || !RenewalName.IsValid(name) ? logger : new TeeLogger(logger, UsualLogOf(store.Folders, name)), name, e.ErrorId, e.Message);
            Add(position, new RegisteredOutcome(store, name, null, logger, null, e) { MonitorOfRefused = monitor });
        }

        return true;
    }

    /// <summary>Runs the pending actions, each once, after all renewals.</summary>
    /// <param name="cancellationToken">Ends a running action; it stays pending.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task ActAsync(CancellationToken cancellationToken)
    {
        var run = outcomes.Where(outcome => outcome.Value is { Result: not null, IsElsewhere: false }).ToList();
        if (!run.Exists(outcome => outcome.Value.Result!.ActionsPending))
            return;
        // Events of all renewals are written to the log of each.
        var log = run.Select(outcome => LogOf(outcome.Value.Renewal!)).Aggregate(logger, (one, other) => new TeeLogger(one, other));
        var actions = run.SelectMany(outcome => outcome.Value.Renewal!.Definition.Actions.Select(action => action with { Timeout = options.ActionTimeout ?? outcome.Value.Renewal.Definition.ActionTimeout }));
        using var engine = EngineWith(log);
        (var results, var failures) = await engine.ActAsync([.. run.Select(outcome => outcome.Value.Result!)], [.. actions], options.Host, cancellationToken).ConfigureAwait(false);
        actionErrors = [.. actionErrors, .. failures];
        for (var index = 0; index < run.Count; index++)
        {
            var (position, outcome) = run[index];
            outcome.Engine!.Dispose();
            outcomes[position] = outcome with { Result = results[index] };
        }
    }

    /// <summary>Writes the states and notifies the monitors.</summary>
    /// <param name="cancellationToken">Ends the notification of a monitor.</param>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (options.IsWhatIf)
            return;
        foreach (var outcome in outcomes.Values.Where(outcome => outcome is { Store: not null, IsElsewhere: false } && outcome.Result?.Status != RenewalStatus.WouldRenew))
        {
            EventSubject.Name = outcomes.Count > 1 ? outcome.Name : null;
            var states = new StateStore(outcome.Store!.Folders, outcome.Logger);
            var before = states.Read(outcome.Name);
            states.Write(outcome.Name, outcome.Result is { } result ? before.After(result, clock.GetUtcNow()) : before.Refused(outcome.Error!, clock.GetUtcNow()));
            if ((outcome.Renewal?.HealthCheckUri ?? outcome.MonitorOfRefused) is not { } uri)
                continue;
            using var monitor = new HealthCheck(uri, options.Host.Timeout, outcome.Logger);
            await monitor.PingAsync((outcome.Result is { } ended ? ended.ErrorId : outcome.Error!.ErrorId) is { } errorId ? [errorId] : [], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var outcome in outcomes.Values)
        {
            outcome.Renewal?.Dispose();
            outcome.Engine?.Dispose();
        }
    }

    // A scheduled run renews even if an action cannot run: the certificate would expire while the action waits to be fixed.
    // The action then fails as ActionFailed and stays pending. A user who calls gets the error before anything is done.
    private void RequireActions(RenewalDefinition definition, ILogger log)
    {
        foreach (var action in definition.Actions)
        {
            try
            {
                action.RequireRunnable(options.Host);
            }
            catch (RenewalException e) when (options.IsScheduled)
            {
                TaskLog.Warned(log, $"An action cannot run: {e.Message} {e.Remedy}");
            }
        }
    }

    private void Add(int position, RegisteredOutcome outcome)
    {
        lock (outcomes)
            outcomes.Add(position, outcome);
    }

    private RenewalEngine EngineWith(ILogger log) => new(clock, random, environment, log);

    private RenewalRequest RequestOf(RegisteredRenewal renewal, bool? order)
    {
        var request = renewal.ToRequest(options.IsScheduled);
        return request with
        {
            Rule = request.Rule with { IsForced = options.IsForced || order is true },
            ActionTimeout = options.ActionTimeout ?? renewal.Definition.ActionTimeout ?? request.ActionTimeout,
            LockTimeout = options.LockTimeout ?? request.LockTimeout,
            RetryTimeout = options.RetryTimeout ?? request.RetryTimeout,
            ApproveAsync = options.ApproveAsync,
        };
    }

    // A damaged state is logged later, when it is written.
    private static CaClock ClockOf(RegisteredRenewal renewal)
    {
        var state = new StateStore(renewal.Folders, NullLogger.Instance).Read(renewal.Definition.Name);
        return new CaClock(state.ClockDifference, state.ClockLimit);
    }

    private ILogger LogOf(RegisteredRenewal renewal) =>
        options.IsWhatIf ? NullLogger.Instance
        : renewal.Definition.LogPath is { } path ? new JsonLogger(path, clock, logger)
        : UsualLogOf(renewal.Folders, renewal.Definition.Name);

    private ILogger UsualLogOf(RenewalFolders folders, string name)
    {
        if (options.IsWhatIf)
            return NullLogger.Instance;
        OwnFolder.TryMake(folders.LogFolder(name));
        // Older versions let all users read it.
        if (OperatingSystem.IsWindows())
            WindowsNewFile.Tighten(RegisteredRenewal.UsualLogOf(folders, name));
        return new JsonLogger(RegisteredRenewal.UsualLogOf(folders, name), clock, logger);
    }
}
