using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Logging;
using StepCaRenew.Pairs;
using StepCaRenew.Scheduling;
using StepCaRenew.StepCa;

namespace StepCaRenew.Renewals;

/// <summary>
/// Registers renewals and takes them away again. A registration is found good for the account that will run it before
/// anything is written, and what can't be finished is put back as it was.
/// </summary>
/// <param name="schedulers">The schedulers of this machine.</param>
/// <param name="clock">The clock.</param>
/// <param name="environment">The environment variables.</param>
/// <param name="logger">Told of what was done.</param>
public sealed class Registrar(SchedulerFinder schedulers, TimeProvider clock, Func<string, string?> environment, ILogger logger)
{
    private readonly RegistrationChecks checks = new(schedulers.Paths, clock, environment, logger);

    /// <inheritdoc cref="Registrar(SchedulerFinder, TimeProvider, Func{string, string?}, ILogger)"/>
    public Registrar(SchedulerFinder schedulers, TimeProvider clock, Func<string, string?> environment, CallLog log)
        : this(schedulers, clock, environment, (ILogger)log)
    {
    }

    /// <summary>Finds out whether a renewal can be registered, and what its registration would be.</summary>
    /// <param name="request">The renewal.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    /// <exception cref="RenewalException">It can't be registered; nothing was changed.</exception>
    public async Task<Registration> CheckAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        RegistrationChecks.RequireRights(request.Scope);
        var registration = Plan(request);
        schedulers.Require(registration.Scheduler.Kind, request.Scope);
        registration = registration with { Changes = ChangesOf(registration) };
        await checks.RequireAsync(request, registration, cancellationToken).ConfigureAwait(false);
        return registration;
    }

    /// <summary>What would be registered with the scheduler, and the definition, as text. Changes nothing, and asks nobody.</summary>
    /// <param name="request">The renewal.</param>
    /// <exception cref="RenewalException">The certificate or the CA's root can't be read, or no interval fits.</exception>
    public (string Schedule, string Definition) Render(RegistrationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var registration = Plan(request);
        return (registration.Scheduler.Render(registration.Run), TextFile.Decode(DefinitionWriter.Render(registration.Definition)));
    }

    /// <summary>Registers what was checked: creates it, or makes it what it should be.</summary>
    /// <param name="registration">What <see cref="CheckAsync"/> gave.</param>
    /// <param name="cancellationToken">Not heeded once something was written.</param>
    /// <returns>Whether anything had to be changed.</returns>
    /// <exception cref="RenewalException">It can't be registered; what was there before still is.</exception>
    public async Task<bool> RegisterAsync(Registration registration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(registration);
        cancellationToken.ThrowIfCancellationRequested();
        var files = new RegistrationFiles(registration);
        try
        {
            var isChanged = files.Write();
            isChanged |= await registration.Scheduler.InstallAsync(registration.Run, CancellationToken.None).ConfigureAwait(false);
            WindowsEventSource.Register();
            // Only now, that there is another one.
            await RemoveFromAsync(schedulers.OfThisSystem.Where(other => other.Kind != registration.Scheduler.Kind), registration.Definition.Name, registration.Run.Scope).ConfigureAwait(false);
            if (isChanged)
                TaskLog.Registered(logger, registration.Definition.Name, registration.Scheduler.Kind, ScheduleInterval.Format(registration.Run.Interval));
            return isChanged;
        }
        catch
        {
            files.Restore();
            throw;
        }
    }

    /// <summary>Starts the registered run, as its own account, and waits for its end: it renews what is due, else it tests what it can.</summary>
    /// <param name="registration">The registration, which is done.</param>
    /// <param name="isForced">Whether it renews although nothing is due.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The exit code, null if the scheduler does not tell; and whether the run knew that it was to renew or to test.</returns>
    /// <exception cref="RenewalException">It can't be started, or does not end in time.</exception>
    public static async Task<(int? ExitCode, bool KnewItsOrder)> RunNowAsync(Registration registration, bool isForced, CancellationToken cancellationToken)
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
    /// Takes a renewal away: schedule, definition and state, in this order, then the locks of its pair. Certificate, key and
    /// log stay.
    /// </summary>
    /// <param name="store">Where it is registered.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Not heeded once the schedule is gone.</param>
    /// <exception cref="RenewalException">It can't be taken away; what is left still works.</exception>
    public async Task UnregisterAsync(DefinitionStore store, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        cancellationToken.ThrowIfCancellationRequested();
        var definition = TryLoad(store, name);
        // Also one whose definition nobody can read any more must be got rid of.
        await RemoveFromAsync(schedulers.OfThisSystem, name, definition?.Scope ?? store.Folders.Scope).ConfigureAwait(false);
        store.Delete(name);
        RunOrder.Delete(store.Folders, name);
        new StateStore(store.Folders, logger).Delete(name);
        RemoveLocks(definition);
        TaskLog.Unregistered(logger, name);
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

    private static DefinitionChanges ChangesOf(Registration registration) =>
        TryLoad(registration.Store, registration.Definition.Name) is { } existing ? DefinitionChanges.Between(existing, registration.Definition) : DefinitionChanges.None;

    private static void RemoveLocks(RenewalDefinition? definition)
    {
        try
        {
            if (definition is not null)
                LockRemoval.Run(PairLocator.Find(definition.ToRequest(password: null)));
        }
        catch (RenewalException)
        {
            // The certificate or its key has gone; nobody knows where its locks are.
        }
    }

    private static async Task RemoveFromAsync(IEnumerable<IScheduler> some, string name, RenewalScope scope)
    {
        foreach (var scheduler in some)
        {
            try
            {
                await scheduler.RemoveAsync(name, scope, CancellationToken.None).ConfigureAwait(false);
            }
            catch (RenewalException e) when (e.ErrorId == ErrorId.SchedulerUnavailable)
            {
                // What is not there has no schedule.
            }
        }
    }

    private Registration Plan(RegistrationRequest request)
    {
        request = request with { Account = AccountName.Resolve(request.Account) };
        var given = request.Definition;
        RenewalName.RequireValid(given.Name);
        using var certificate = CertificateFile.Load(given.CertificatePath);
        var store = new DefinitionStore(RenewalFolders.ForScope(request.Scope, environment));
        var (definition, settings) = new DefinitionMaker(environment).Make(request, store, certificate);
        var run = ScheduledRuns.Plan(store.Folders, definition, request.Account, CertificatePair.ValidityOf(certificate.Leaf), request.Module, environment);
        var root = TrustedRoots.ReadFile(settings).Bytes;
        return new Registration(store, definition, run, schedulers.Get(given.Scheduler ?? SchedulerFinder.Auto), settings, root, request.HealthCheckUri);
    }
}
