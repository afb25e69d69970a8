using System.ComponentModel;
using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Logging;
using StepCaRenew.Permissions;
using StepCaRenew.Policy;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Foreign;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.Stores;

namespace StepCaRenew.Registration;

/// <summary>The checks before a registration. They find in advance what would work in the session of the user but fail in a scheduled run.</summary>
internal sealed class RegistrationChecks(LinuxPaths paths, TimeProvider clock, Func<string, string?> environment, ILogger logger)
{
    private static readonly string[] ProxyVariables = ["HTTPS_PROXY", "https_proxy"];
    private static readonly string[] FolderVariables = ["XDG_CONFIG_HOME", "XDG_STATE_HOME"];

    /// <summary>Requires that the run will work, as far as that can be known in advance.</summary>
    /// <exception cref="RenewalException">The run would fail; nothing was changed.</exception>
    public async Task RequireAsync(RegistrationRequest request, PlannedRegistration registration, CancellationToken cancellationToken)
    {
        var definition = registration.Definition;
        RequireFreeName(request, registration);
        RequireUnregistered(registration, request.IsForced);
        PwshPath.RequireSuitable(registration.Run.Command.Program, registration.Run.Scope);
        if (definition.Certificates is null)
        {
            await RequirePairAsync(definition, cancellationToken).ConfigureAwait(false);
            RequireNoDaemon(definition);
        }

        foreach (var action in definition.Actions)
            action.RequireRunnable(new ActionHost { PwshPath = request.Module.PwshPath });
        // As given: registration writes their URLs to files later.
        foreach (var notifier in request.Definition.OnFailure)
            notifier.Action.RequireRunnable(new ActionHost { PwshPath = request.Module.PwshPath });
        await new ServiceChecks(paths, clock, logger).RequireAsync(definition, registration.Run.Account, request.IsForced, cancellationToken).ConfigureAwait(false);
        await RequireRunAsync(request, registration, cancellationToken).ConfigureAwait(false);
        await RequireCaAsync(request, registration, cancellationToken).ConfigureAwait(false);
        foreach (var finding in registration.Certificates.All.SelectMany(certificate => new ForeignRenewals(paths).Find(certificate.Path)).Distinct())
            TaskLog.Foreign(logger, finding);
        if (ModuleReference.IsManifest(definition.ModulePath ?? string.Empty))
            TaskLog.Warned(logger, $"{definition.Name}: the module is not in a folder of modules (<folder>/StepCaRenew/<version>), so the schedule imports only '{definition.ModulePath}'. Register again after moving or updating the module.");
        if (registration.Changes.Dropped.Count > 0)
            TaskLog.Warned(logger, $"{definition.Name}: this registration replaces an existing one and drops {string.Join(", ", registration.Changes.Dropped)}. To keep it, give the parameter again.");
        if (ProxyVariables.FirstOrDefault(name => environment(name) is { Length: > 0 }) is { } variable)
            TaskLog.Warned(logger, $"{definition.Name}: {variable} is set in this session only, so a scheduled run will connect to the CA without a proxy. To use one, set the variable for the scheduler too.");
        if (definition.Scope == RenewalScope.CurrentUser && registration.Run.Home is null
            && FolderVariables.FirstOrDefault(name => environment(name) is { Length: > 0 }) is { } folder)
            TaskLog.Warned(logger, $"{definition.Name}: the definition is in a folder that {folder} names; a scheduled run without this variable will not find it. Use {RenewalFolders.HomeVariable} instead, which the schedule sets.");
    }

    /// <summary>Requires the right to register renewals of a scope.</summary>
    /// <exception cref="RenewalException">It takes an administrator or root (<see cref="ErrorId.AdministratorRequired"/>).</exception>
    public static void RequireRights(RenewalScope scope)
    {
        if (scope == RenewalScope.Machine && !Environment.IsPrivilegedProcess)
            throw new RenewalException(
                ErrorId.AdministratorRequired, $"Only {(OperatingSystem.IsWindows() ? "an administrator" : "root")} can register renewals of the machine.",
                $"Run as {(OperatingSystem.IsWindows() ? "administrator" : "root")}, or register for yourself: -Scope CurrentUser.");
    }

    private void RequireFreeName(RegistrationRequest request, PlannedRegistration registration)
    {
        var (store, name) = (registration.Store, registration.Definition.Name);
        // A run has only the name to find its definition.
        if (RegisteredNames.Stores(environment).FirstOrDefault(other => other.Folders.Definitions != store.Folders.Definitions && other.Find(name) is not null) is { } taken)
            throw new RenewalException(
                ErrorId.NameTaken, $"'{name}' is already registered in the scope {taken.Folders.Scope}: '{taken.Folders.DefinitionFile(name)}'.", "Choose another -Name, or unregister that one first.");
        if (store.Find(name) is not { } found)
            return;
        if (found != name)
            throw new RenewalException(ErrorId.NameTaken, $"'{found}' is already registered, and names do not differ by case.", $"Use -Name {found}, or another name.");
        if (request.IsForced)
            return;
        var existing = store.Load(name);
        if (!existing.IsForSame(registration.Definition))
            throw new RenewalException(
                ErrorId.NameTaken, $"'{name}' is already registered for '{existing.Place}'.", "Choose another -Name, or add -Force to change the certificate of this renewal.");
    }

    // Two schedules would renew the certificate twice.
    private void RequireUnregistered(PlannedRegistration registration, bool isForced)
    {
        var definition = registration.Definition;
        var registered = new RegisteredCertificates(environment);
        foreach (var path in registration.Certificates.All.Select(certificate => certificate.Path))
        {
            if (registered.FindName(path, name => !RenewalName.Comparer.Equals(name, definition.Name)) is not { } other)
                continue;
            var message = $"The registered renewal '{other}' already renews '{path}'.";
            var remedy = definition.Certificates is null
                ? $"To change it, register it again: Register-StepRenewalTask {other}."
                : $"Leave it out (-Exclude {Path.GetFileName(path)}), or unregister that renewal first: Unregister-StepRenewalTask {other}.";
            if (!isForced)
                throw new RenewalException(ErrorId.CertificateRegistered, message, $"{remedy} To have two schedules for one certificate, add -Force.");
            TaskLog.Warned(logger, $"{definition.Name}: {message} Because of -Force, both renewals will renew it.");
        }
    }

    // Check who can change the files of the run before starting any of them.
    private async Task RequireRunAsync(RegistrationRequest request, PlannedRegistration registration, CancellationToken cancellationToken)
    {
        var (folders, definition) = (registration.Store.Folders, registration.Definition);
        var trusted = TrustedAccounts.ForAccount(registration.Run.Account);
        RenewalSafety.RequireSafe(folders, definition, request.Module, trusted);
        var rights = new AccountRights(clock);
        await rights.RequireAsync(registration, cancellationToken).ConfigureAwait(false);
        if (definition.Certificates is not null)
            await registration.Certificates.RequireAnyAsync(definition, logger, async one =>
            {
                await RequirePairAsync(one, cancellationToken).ConfigureAwait(false);
                RequireNoDaemon(one);
                RenewalSafety.RequireSafePair(one, trusted);
                await rights.RequirePairAsync(one, registration.Run.Account, cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
        var loaded = await new RunProbe(clock, logger).RequireLoadableAsync(registration, request.Module, request.IsForced, cancellationToken).ConfigureAwait(false);
        // pwsh loaded another version than the one that registers.
        if (loaded is not null && loaded != request.Module.Folder)
            RenewalSafety.RequireSafe(folders, definition, request.Module with { Folder = loaded }, trusted);
    }

    // The daemon keeps the key of its start: its next certificate would not match the new key.
    private void RequireNoDaemon(RenewalDefinition definition)
    {
        if (definition.Rekey && new ForeignRenewals(paths).FindDaemons(definition.CertificatePath) is [var daemon, ..])
            throw new RenewalException(
                ErrorId.DaemonRunning, $"'{definition.CertificatePath}' cannot be registered with -Rekey while a daemon renews it with the old key. {daemon}",
                "Stop the daemon, disable what starts it (such as a unit of systemd), and register again; or register without -Rekey.");
    }

    private async Task RequirePairAsync(RenewalDefinition definition, CancellationToken cancellationToken)
    {
        using var password = definition.KeyPasswordFile is { } file ? KeyPassword.FromFile(file) : null;
        using var store = await definition.ToRequest(password).Location.OpenAsync(wasRead: false, new StoreServices(clock, logger), cancellationToken).ConfigureAwait(false);
        using var snapshot = await store.LoadAsync(wasRead: false, _ => { }, cancellationToken).ConfigureAwait(false);
        var others = new RegisteredCertificates(environment);
        if (definition.Rekey)
            store.RequireRekeyable(snapshot, others.Pairs);
        PublicationPaths.Require(definition.Publications, definition.CertificatePath, definition.KeyPath);
        foreach (var publication in definition.Publications)
        {
            publication.RequireUsable(definition.KeyAlgorithm ?? snapshot.Facts.KeyAlgorithm);
            if (others.FindWriter(publication.Path, definition.Name) is { } other)
                throw PublicationErrors.Invalid($"{publication.Parameter} '{publication.Path}' is written by the registered renewal '{other}'.", "Name another file: each pair is published to files of its own.");
        }
    }

    private async Task RequireCaAsync(RegistrationRequest request, PlannedRegistration registration, CancellationToken cancellationToken)
    {
        using var roots = TrustedRoots.Load(registration.Ca);
        try
        {
            var health = await CaHealth.RequireAsync(new CaClient(registration.Ca, roots, clock, environment), registration.Ca, clock, cancellationToken).ConfigureAwait(false);
            if (health.IsClockWrong)
                TaskLog.Warned(logger, $"{registration.Definition.Name}: the clock of the CA at {registration.Ca.Url.Authority} and that of this machine differ by {Duration.Format(health.ClockDifference!.Value.Duration())}. Set the clocks: with such a difference, a new certificate might not be valid yet.");
        }
        catch (RenewalException e) when (request.IsForced)
        {
            TaskLog.Warned(logger, $"{registration.Definition.Name} is registered although the CA could not be asked (-Force): {e.Message}");
        }
        catch (RenewalException e) when (e.IsTransient)
        {
            throw new RenewalException(e.ErrorId, e.Message, $"{e.Remedy} Or register anyway with -Force.", e);
        }
    }
}

/// <summary>
/// Checks that the services of actions exist. A run skips a service that does not run, so a mistyped name would never be
/// noticed. On Linux and Windows.
/// </summary>
internal sealed class ServiceChecks(LinuxPaths paths, TimeProvider clock, ILogger logger)
{
    /// <summary>Requires that each service exists; with -Force, logs a warning instead, since it can be installed later.</summary>
    /// <exception cref="RenewalException">A service does not exist, or systemd does not run (<see cref="ErrorId.SystemdNotRunning"/>, <see cref="ErrorId.ServiceNotFound"/>).</exception>
    public async Task RequireAsync(RenewalDefinition definition, TaskAccount account, bool isForced, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsMacOS())
            return;
        foreach (var service in definition.Actions.OfType<ServiceAction>())
        {
            var found = OperatingSystem.IsWindows() ? FindProblem(service, new ServiceManager()) : await ProblemAsync(service, cancellationToken).ConfigureAwait(false);
            if (found is { } problem)
            {
                if (!isForced)
                    throw problem;
                TaskLog.Warned(logger, $"{definition.Name}: {problem.Message} The renewal is registered anyway (-Force).");
            }
            else if (OperatingSystem.IsLinux() && account is not TaskAccount.Machine && LinuxAccount.NameOf(account) != "root")
            {
                TaskLog.Warned(
                    logger, $"{definition.Name}: '{account.Display}' needs a polkit rule to {(service.IsReload ? "reload" : "restart")} '{service.Name}' (org.freedesktop.systemd1.manage-units). To try it: -RunNow -Force.");
            }
        }
    }

    /// <summary>The error of a service of Windows; null if it exists, or if that cannot be found out.</summary>
    internal static RenewalException? FindProblem(ServiceAction service, IServiceManager services)
    {
        try
        {
            return services.Find(service.Name) is not null ? null : new RenewalException(
                ErrorId.ServiceNotFound, $"The service '{service.Name}' of -RestartService does not exist.", "Correct the name (Get-Service lists all), or add -Force if the service will be installed later.");
        }
        catch (Win32Exception)
        {
            // This account can have fewer permissions than the account of the run.
            return null;
        }
    }

    private async Task<RenewalException?> ProblemAsync(ServiceAction service, CancellationToken cancellationToken)
    {
        var parameter = service.IsReload ? "-ReloadService" : "-RestartService";
        if (!Directory.Exists(paths.Booted))
            return new RenewalException(
                ErrorId.SystemdNotRunning, $"{parameter} {service.Name} needs systemd, which does not run on this machine.",
                "Use -FilePath with the program that reloads the service here, or -PidFile. Or add -Force if systemd will run when the certificate is renewed.");
        var result = await new LinuxTool(paths.Systemctl, clock).RunAsync(["show", "--property=LoadState", "--", service.Name], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
            return new RenewalException(
                ErrorId.SystemdNotRunning, $"systemctl cannot ask systemd about '{service.Name}' (exit code {result.ExitCode}). {result.LastWords}".TrimEnd(), "Fix the cause. To register anyway: -Force.");
        return !result.Text.Contains("LoadState=not-found", StringComparison.Ordinal) ? null : new RenewalException(
            ErrorId.ServiceNotFound, $"The service '{service.Name}' of {parameter} does not exist.", "Correct the name (systemctl list-units --type=service --all), or add -Force if the service will be installed later.");
    }
}
