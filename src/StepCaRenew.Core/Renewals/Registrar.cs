using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Logging;
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
    private readonly RegistrationChecks checks = new(clock, environment, logger);

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
        RegistrationChecks.DemandScope(request.Scope);
        var registration = Plan(request);
        schedulers.Demand(registration.Scheduler.Kind, request.Scope);
        await checks.DemandAsync(request, registration, cancellationToken).ConfigureAwait(false);
        return registration;
    }

    /// <summary>What would be registered with the scheduler, as text. Changes nothing, and asks nobody.</summary>
    /// <param name="request">The renewal.</param>
    /// <exception cref="RenewalException">The certificate or the CA's root can't be read, or no interval fits.</exception>
    public string Render(RegistrationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var registration = Plan(request);
        return registration.Scheduler.Render(registration.Run);
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
            files.PutBack();
            throw;
        }
    }

    /// <summary>Takes a renewal away: schedule, definition and state, in this order. Certificate, key and log stay.</summary>
    /// <param name="store">Where it is registered.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Not heeded once the schedule is gone.</param>
    /// <exception cref="RenewalException">It can't be taken away; what is left still works.</exception>
    public async Task UnregisterAsync(DefinitionStore store, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        cancellationToken.ThrowIfCancellationRequested();
        await RemoveFromAsync(schedulers.OfThisSystem, name, ScopeOf(store, name)).ConfigureAwait(false);
        store.Delete(name);
        new StateStore(store.Folders, logger).Delete(name);
        TaskLog.Unregistered(logger, name);
    }

    // Also one whose definition nobody can read any more must be got rid of.
    private static RenewalScope ScopeOf(DefinitionStore store, string name)
    {
        try
        {
            return store.Load(name).Scope;
        }
        catch (RenewalException)
        {
            return store.Folders.Scope;
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
        var given = request.Definition;
        RenewalName.Demand(given.Name);
        using var certificate = CertificateFile.Load(given.CertificatePath);
        var store = new DefinitionStore(RenewalFolders.Of(request.Scope, environment));
        var (definition, settings) = new DefinitionMaker(environment).Make(request, store, certificate);
        var run = ScheduledRuns.Of(store.Folders, definition, request.Account, CertificatePair.ValidityOf(certificate.Leaf), request.Module, environment);
        var root = TrustedRoots.ReadFile(settings).Bytes;
        return new Registration(store, definition, run, schedulers.Of(given.Scheduler ?? SchedulerFinder.Auto), settings, root, request.HealthCheckUri);
    }
}
