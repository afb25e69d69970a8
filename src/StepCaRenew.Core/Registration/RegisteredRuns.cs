using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps;
using StepCaRenew.Logging;
using StepCaRenew.Monitoring;
using StepCaRenew.Registration.Accounts;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>
/// The <see cref="RenewalCall"/> over registered renewals: their definitions say what is done, and their outcomes are written
/// to their states.
/// </summary>
/// <param name="options">The options of the call.</param>
/// <param name="clock">The clock.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
/// <param name="environment">The environment variables: step's configuration and proxies.</param>
/// <param name="logger">The log of the call; each renewal has its own log too.</param>
internal sealed partial class RegisteredRuns(RegisteredRunOptions options, TimeProvider clock, Func<double> random, Func<string, string?> environment, ILogger logger) : IDisposable
{
    private static readonly TimeSpan RootsInterval = TimeSpan.FromDays(1);

    private readonly SortedList<int, RegisteredOutcome> outcomes = [];
    private readonly RenewalCall call = new(clock, random, environment, logger);
    private readonly RegisteredCertificates registered = new(environment);
    private IReadOnlyList<RenewalException> actionErrors = [];
    private RootFollower? followers;

    /// <inheritdoc cref="RegisteredRuns(RegisteredRunOptions, TimeProvider, Func{double}, Func{string, string?}, ILogger)"/>
    public RegisteredRuns(RegisteredRunOptions options, TimeProvider clock, Func<double> random, Func<string, string?> environment, CallLog log)
        : this(options, clock, random, environment, (ILogger)log)
    {
    }

    /// <summary>The outcomes of the renewals, in their order.</summary>
    public IReadOnlyList<RegisteredOutcome> Outcomes => [.. outcomes.Values];

    /// <summary>The actions and the notifiers that failed, and metrics that were not written.</summary>
    public IReadOnlyList<RenewalException> ActionErrors => [.. actionErrors, .. metricErrors, .. notices.Errors];

    /// <summary>The exit code for a scheduler; see <see cref="RunExitCode"/>.</summary>
    public int ExitCode => outcomes.Values.SelectMany(outcome => outcome.Runs).Any(run => run.Error is not (null or { ErrorId: ErrorId.ActionFailed or ErrorId.PublicationFailed })) ? RunExitCode.RenewalFailed
        : outcomes.Values.Any(outcome => outcome.Runs.Count == 0) ? RunExitCode.ConfigurationRefused
        : ActionErrors.Count > 0 || outcomes.Values.Any(outcome => outcome.Error is not null) ? RunExitCode.ActionsFailed
        : RunExitCode.Success;

    /// <summary>Runs one renewal, without its actions; from any thread.</summary>
    /// <param name="position">Its place among those of the call.</param>
    /// <param name="store">Where it is registered; null if it is not.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels it as with <see cref="RenewalEngine.RenewAsync"/>.</param>
    /// <returns>False if it runs as another account: then it is among <see cref="OtherAccounts"/>.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled; nothing was changed.</exception>
    public async Task<bool> RenewAsync(int position, DefinitionStore? store, string name, CancellationToken cancellationToken)
    {
        RegisteredRenewal? renewal = null;
        RenewalDefinition? definition = null;
        try
        {
            if (store is null)
                throw RegisteredNames.NotRegistered(name);
            definition = store.Load(name);
            if (!RunAccount.IsThisProcess(definition))
            {
                Defer(new OtherRenewal(position, store, definition));
                return false;
            }

            renewal = RegisteredRenewal.Open(store, definition, options.Module);
            var own = LogOf(renewal);
            var log = new TeeLogger(logger, own);
            RequireActions(renewal.Definition, log);
            if (!options.IsWhatIf)
                OwnFolder.TryMake(store.Folders.StateFolder(name));
            var order = options.IsScheduled ? RunOrder.ReadOnce(store.Folders, name, clock) : null;
            // A damaged state is logged when it is written again.
            var states = new StateStore(renewal.Folders, NullLogger.Instance);
            var state = states.Read(name);
            var opened = new OpenedRenewal(renewal, states, state, order, own, log);
            IReadOnlyList<RenewalOutcome> runs = definition.Certificates is { } certificates
                ? await RenewSeveralAsync(opened, certificates, cancellationToken).ConfigureAwait(false)
                : [await RenewAsync(opened, cancellationToken).ConfigureAwait(false)];
            if (order is false)
                await new RunTest(clock, environment, log).RunAsync(definition with { Ca = renewal.Ca }, options.Host, runs, cancellationToken).ConfigureAwait(false);
            Add(position, new RegisteredOutcome(store, name, renewal, log, runs, null));
        }
        catch (RenewalException e)
        {
            var monitor = renewal?.HealthCheckUri ?? (store is null ? null : HealthCheckFile.TryReadOwn(store, name));
            renewal?.Dispose();
            // The log of its definition cannot be trusted, or is unknown; the default log is used.
            TaskLog.Refused(store is null || !RenewalName.IsValid(name) ? logger : new TeeLogger(logger, UsualLogOf(store.Folders, name)), name, e.ErrorId, e.Message);
            Add(position, new RegisteredOutcome(store, name, null, logger, [], e) { MonitorOfRefused = monitor, RefusedDefinition = definition });
        }

        return true;
    }

    // A renewal of one certificate.
    private async Task<RenewalOutcome> RenewAsync(OpenedRenewal opened, CancellationToken cancellationToken)
    {
        var (name, states) = (opened.Name, opened.States);
        var request = RequestOf(opened.Renewal, opened.Renewal.Definition.CertificatePath, opened.Order) with
        {
            LastClock = opened.Clock,
            Served = new ServedPlace(opened.State.Served, () => states.Read(name).Served, served => states.Write(name, states.Read(name) with { Served = served })),
        };
        var run = await call.RenewAsync(request, opened.Own, cancellationToken).ConfigureAwait(false);
        run.Result = run.Result with { Name = name };
        return run;
    }

    /// <summary>Runs the pending actions of the renewals, each once, after the last renewal.</summary>
    /// <param name="cancellationToken">Ends a running action; it stays pending.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task ActAsync(CancellationToken cancellationToken)
    {
        var runs = outcomes.Values.SelectMany(outcome => outcome.Runs).ToList();
        var errors = await call.FollowUpAsync(runs, options.Host, cancellationToken).ConfigureAwait(false);
        actionErrors = [.. actionErrors, .. errors];
    }

    /// <summary>Writes the states and the metrics, reports failures, and notifies the monitors.</summary>
    /// <param name="cancellationToken">Ends a notification.</param>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (options.IsWhatIf)
            return;
        foreach (var outcome in outcomes.Values.Where(outcome => outcome is { Store: not null, IsElsewhere: false } && (outcome.Runs.Count == 0 || outcome.Runs.Any(run => run.Result.Status != RenewalStatus.WouldRenew))))
        {
            EventSubject.Name = outcomes.Count > 1 ? outcome.Name : null;
            var states = new StateStore(outcome.Store!.Folders, outcome.Logger);
            var before = states.Read(outcome.Name);
            var now = clock.GetUtcNow();
            var after = outcome.Refusal is { } refusal ? before.Refused(refusal, now)
                : outcome.Renewal?.Definition.Certificates is null ? before.After(outcome.Runs[0], now)
                : before.AfterAll(outcome.Runs, now);
            after = await FollowRootsAsync(outcome, after, cancellationToken).ConfigureAwait(false);
            after = after with { MetricsPath = FindMetrics(outcome, before, states) };
            states.Write(outcome.Name, after);
            await WriteMetricsAsync(outcome, after, cancellationToken).ConfigureAwait(false);
            var failedBefore = notices.Errors.Count;
            var notified = await NotifyAsync(outcome, after, cancellationToken).ConfigureAwait(false);
            if (notified != after)
                states.Write(outcome.Name, notified);
            if ((outcome.Renewal?.HealthCheckUri ?? outcome.MonitorOfRefused) is not { } uri)
                continue;
            using var monitor = new HealthCheck(uri, options.Host.Timeout, outcome.Logger);
            if (outcome.Refusal is not null)
                monitor.Record(null, outcome.Refusal);
            foreach (var run in outcome.Runs)
                monitor.Record(run.Result, null);
            foreach (var error in notices.Errors.Skip(failedBefore))
                monitor.Record(null, error);
            await monitor.NotifyAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        call.Dispose();
        foreach (var outcome in outcomes.Values)
            outcome.Renewal?.Dispose();
    }

    // After a renewal, and once a day: most runs find a certificate that is not due, and ask nothing.
    private async Task<RenewalState> FollowRootsAsync(RegisteredOutcome outcome, RenewalState state, CancellationToken cancellationToken)
    {
        if (outcome.Renewal is not { Definition.FollowRoots: true } renewal
            || (outcome.Runs.All(run => run.Result.Status != RenewalStatus.Renewed) && clock.GetUtcNow() - state.RootsAsked < RootsInterval))
            return state;
        // One follower for all renewals of the call, so that each CA is asked once.
        followers ??= new RootFollower(clock, environment);
        await followers.FollowAsync(outcome.Name, CaSettingsResolver.Resolve(renewal.Ca, environment), outcome.Logger, cancellationToken).ConfigureAwait(false);
        return state with { RootsAsked = clock.GetUtcNow() };
    }

    // A scheduled run renews even if an action cannot run: otherwise the certificate could expire before somebody fixes the
    // action, which fails and stays pending. An interactive call fails before anything is done.
    private void RequireActions(RenewalDefinition definition, ILogger log)
    {
        foreach (var action in definition.Actions.Concat(definition.OnFailure.Select(notifier => notifier.Action)))
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

    private RenewalRequest RequestOf(RegisteredRenewal renewal, string certificatePath, bool? order)
    {
        var request = renewal.ToRequest(certificatePath, options.IsScheduled);
        var actionTimeout = options.ActionTimeout ?? renewal.Definition.ActionTimeout;
        return request with
        {
            Rule = request.Rule with { IsForced = options.IsForced || order is true },
            ActionTimeout = actionTimeout ?? request.ActionTimeout,
            Actions = [.. request.Actions.Select(action => action with { Timeout = actionTimeout })],
            LockTimeout = options.LockTimeout ?? request.LockTimeout,
            RetryTimeout = options.RetryTimeout ?? request.RetryTimeout,
            ApproveAsync = options.ApproveAsync,
            FindOthers = () => registered.Pairs,
        };
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
        // An older version created it readable by all users.
        if (OperatingSystem.IsWindows())
            WindowsNewFile.Tighten(RegisteredRenewal.UsualLogOf(folders, name));
        return new JsonLogger(RegisteredRenewal.UsualLogOf(folders, name), clock, logger);
    }
}
