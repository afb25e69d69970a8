using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.Logging;
using StepCaRenew.Monitoring;
using StepCaRenew.Scheduling;
using StepCaRenew.Stores;

namespace StepCaRenew.Registration;

/// <summary>
/// Registers and unregisters renewals. A registration is checked for the account of the run before anything is written, and
/// undone if it fails.
/// </summary>
internal sealed partial class Registrar(SchedulerFinder schedulers, TimeProvider clock, Func<string, string?> environment, ILogger logger)
{
    private readonly RegistrationChecks checks = new(schedulers.Paths, clock, environment, logger);

    /// <inheritdoc cref="Registrar(SchedulerFinder, TimeProvider, Func{string, string?}, ILogger)"/>
    public Registrar(SchedulerFinder schedulers, TimeProvider clock, Func<string, string?> environment, CallLog log)
        : this(schedulers, clock, environment, (ILogger)log)
    {
    }

    /// <summary>Checks a renewal and returns its registration.</summary>
    /// <param name="request">The renewal.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    /// <exception cref="RenewalException">The renewal cannot be registered; nothing was changed.</exception>
    public async Task<PlannedRegistration> CheckAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        RegistrationChecks.RequireRights(request.Scope);
        var registration = Plan(request);
        schedulers.Require(registration.Scheduler.Kind, request.Scope);
        registration = registration with { Changes = ChangesOf(registration) };
        foreach (var check in checks.For(request, registration))
            await check(cancellationToken).ConfigureAwait(false);
        checks.Warn(registration);
        return registration;
    }

    /// <summary>The schedule and the definition that would be registered, as text. Changes nothing and does not contact the CA.</summary>
    /// <param name="request">The renewal.</param>
    /// <exception cref="RenewalException">The certificate or the root of the CA cannot be read, or no interval is short enough.</exception>
    public (string Schedule, string Definition) Render(RegistrationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var registration = Plan(request);
        return (registration.Scheduler.Render(registration.Run), TextFile.Decode(DefinitionFormat.Render(registration.Definition)));
    }

    /// <summary>Registers a checked registration: creates it, or corrects the one that exists.</summary>
    /// <param name="registration">The result of <see cref="CheckAsync"/>.</param>
    /// <param name="cancellationToken">Ignored once something was written.</param>
    /// <returns>Whether anything was changed.</returns>
    /// <exception cref="RenewalException">The registration failed; the earlier one is unchanged.</exception>
    public async Task<bool> RegisterAsync(PlannedRegistration registration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(registration);
        cancellationToken.ThrowIfCancellationRequested();
        var files = new RegistrationFiles(registration);
        var (store, name) = (registration.Store, registration.Definition.Name);
        var states = new StateStore(store.Folders, logger);
        var (earlier, state) = (TryLoad(store, name), states.Read(name));
        try
        {
            var isChanged = files.Write() | states.IsLost(name);
            // The follow-ups of another certificate do not concern this one.
            // The states of several certificates are kept by path, whatever finds them.
            var isOther = earlier is not null && !earlier.IsForSame(registration.Definition) && (earlier.Certificates is null || registration.Definition.Certificates is null);
            RecordServed(registration, states, isOther ? state with { Served = null, Certificates = null, ActionsPending = false, ActionsPendingSince = null } : state);
            isChanged |= await registration.Scheduler.InstallAsync(registration.Run, CancellationToken.None).ConfigureAwait(false);
            WindowsEventSource.Register();
            // The schedule of another scheduler goes last, when the new one exists.
            isChanged |= await RemoveFromAsync(schedulers.OfThisSystem.Where(other => other.Kind != registration.Scheduler.Kind), name, registration.Run.Scope).ConfigureAwait(false);
            if (isOther)
            {
                WarnOfOpenFollowUps(states, state, earlier!);
                states.DeleteRecords(name);
            }

            if (earlier?.MetricsPath is { } before && before != registration.Definition.MetricsPath)
                await RemoveMetricsAsync(before, name).ConfigureAwait(false);
            if (isChanged)
                TaskLog.Registered(logger, name, registration.Scheduler.Kind, ScheduleInterval.Format(registration.Run.Interval));
            return isChanged;
        }
        catch
        {
            files.Restore();
            if (earlier is not null && states.Read(name) != state)
                states.Write(name, state);
            throw;
        }
    }

    /// <summary>Starts the registered run as its own account and waits for its end. The run renews if the certificate is due; else it tests what a renewal needs.</summary>
    /// <param name="registration">The registration, which is done.</param>
    /// <param name="isForced">Renew even if the certificate is not due.</param>
    /// <returns>The exit code, null if the scheduler does not report it; and whether the run read its order.</returns>
    /// <exception cref="RenewalException">The run cannot be started, or does not end in time.</exception>
    public static async Task<(int? ExitCode, bool KnewItsOrder)> RunNowAsync(PlannedRegistration registration, bool isForced, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(registration);
        var (folders, name) = (registration.Store.Folders, registration.Definition.Name);
        RunOrder.Write(folders, name, isForced);
        try
        {
            var exitCode = await registration.Scheduler.RunNowAsync(registration.Run, cancellationToken).ConfigureAwait(false);
            return (exitCode, RunOrder.Delete(folders, name));
        }
        catch
        {
            RunOrder.Delete(folders, name);
            throw;
        }
    }

    /// <summary>
    /// Unregisters a renewal: deletes schedule, definition, state and the lock files of its pair, in this order, and its
    /// metrics. Certificate, key and log stay.
    /// </summary>
    /// <param name="cancellationToken">Ignored once the schedule is deleted.</param>
    /// <exception cref="RenewalException">The renewal cannot be unregistered; what is left of it still works.</exception>
    public async Task UnregisterAsync(DefinitionStore store, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        cancellationToken.ThrowIfCancellationRequested();
        var definition = TryLoad(store, name);
        // A renewal with an unreadable definition can be unregistered too.
        await RemoveFromAsync(schedulers.OfThisSystem, name, definition?.Scope ?? store.Folders.Scope).ConfigureAwait(false);
        store.Delete(name);
        RunOrder.Delete(store.Folders, name);
        var states = new StateStore(store.Folders, logger);
        if (definition is not null)
            WarnOfOpenFollowUps(states, states.Read(name), definition);
        states.Delete(name);
        if (definition?.MetricsPath is { } metrics)
            await RemoveMetricsAsync(metrics, name).ConfigureAwait(false);
        RemoveLocks(definition);
        TaskLog.Unregistered(logger, name);
    }

    // Metrics that no run updates any more would raise the alert of a stopped schedule for ever.
    private async Task RemoveMetricsAsync(string path, string name)
    {
        try
        {
            if (File.Exists(path))
                await new MetricFile(path, clock).ChangeAsync(present => present.Where(one => one.Name != name), CancellationToken.None).ConfigureAwait(false);
        }
        catch (RenewalException e)
        {
            TaskLog.Warned(logger, $"The metrics of '{name}' stay in '{path}': {e.Message} Delete them there, or their alerts will fire.");
        }
    }

    private static RenewalDefinition? TryLoad(DefinitionStore store, string name)
    {
        try
        {
            return store.Load(name);
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    private static DefinitionChanges ChangesOf(PlannedRegistration registration) =>
        TryLoad(registration.Store, registration.Definition.Name) is { } existing ? DefinitionChanges.Between(existing, registration.Definition) : DefinitionChanges.None;

    private static void RemoveLocks(RenewalDefinition? definition)
    {
        try
        {
            foreach (var path in definition?.FindCertificates() ?? [])
                RemoveLocks(definition!.For(path).ToRequest(password: null).Location);
        }
        catch (RenewalException)
        {
            // The folder cannot be read.
        }
    }

    private static void RemoveLocks(PairLocation location)
    {
        try
        {
            location.RemoveLocks();
        }
        catch (RenewalException)
        {
            // The certificate or its key is gone, and the paths of its locks with it.
        }
    }

    private static async Task<bool> RemoveFromAsync(IEnumerable<IScheduler> some, string name, RenewalScope scope)
    {
        var isRemoved = false;
        foreach (var scheduler in some)
        {
            try
            {
                isRemoved |= await scheduler.RemoveAsync(name, scope, CancellationToken.None).ConfigureAwait(false);
            }
            catch (RenewalException e) when (e.ErrorId == ErrorId.SchedulerUnavailable)
            {
                // This scheduler does not run here, so it has no schedule.
            }
        }

        return isRemoved;
    }

    private PlannedRegistration Plan(RegistrationRequest request)
    {
        request = request with { Account = AccountName.Resolve(request.Account) };
        var given = request.Definition;
        RenewalName.RequireValid(given.Name);
        var certificates = PlannedCertificates.Read(given, request.IsForced);
        var store = new DefinitionStore(RenewalFolders.ForScope(request.Scope, environment));
        var (definition, settings) = new DefinitionMaker(environment).Make(request, store, certificates);
        var run = ScheduledRuns.Plan(store.Folders, definition, request.Account, definition.Interval ?? certificates.Interval, request.Module, environment);
        var root = TrustedRoots.ReadFile(settings).Bytes;
        return new PlannedRegistration(store, definition, run, schedulers.Get(given.Scheduler ?? SchedulerFinder.Auto), settings, root, request.HealthCheckUri)
        {
            Certificates = certificates,
            NotifierUris = DefinitionMaker.NotifierUris(given, store),
        };
    }
}
