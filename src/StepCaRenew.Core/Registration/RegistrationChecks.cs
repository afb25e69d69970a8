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

    /// <summary>The checks that the run will work, as far as that can be known in advance, in the order of a registration. Each throws a <see cref="RenewalException"/> if it would fail; nothing is changed.</summary>
    public IEnumerable<Func<CancellationToken, Task>> For(RegistrationRequest request, PlannedRegistration registration)
    {
        var (definition, host) = (registration.Definition, new ActionHost { PwshPath = request.Module.PwshPath });
        yield return At(() => RequireFreeName(request, registration));
        yield return At(() => RequireUnregistered(registration, request.IsForced));
        if (definition.Certificates is null)
        {
            yield return stopping => RequirePairAsync(definition, stopping);
            yield return At(() => RequireNoDaemon(definition));
        }

        foreach (var action in definition.Actions)
            yield return At(() => action.RequireRunnable(host));
        // As given: registration writes their URLs to files later.
        foreach (var notifier in request.Definition.OnFailure)
            yield return At(() => notifier.Action.RequireRunnable(host));
        yield return stopping => new ServiceChecks(paths, clock, logger).RequireAsync(definition, registration.Run.Account, request.IsForced, stopping);
        yield return stopping => RequireRunAsync(request, registration, stopping);
        yield return stopping => RequireCaAsync(request, registration, stopping);
    }

    /// <summary>Warns of what does not stop a registration.</summary>
    public void Warn(PlannedRegistration registration)
    {
        var definition = registration.Definition;
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

    private static Func<CancellationToken, Task> At(Action check) => _ =>
    {
        check();
        return Task.CompletedTask;
    };

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
        PwshPath.RequireSuitable(registration.Run.Command.Program, registration.Run.Scope);
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
            if (publication is StorePublication && !OperatingSystem.IsWindows())
                throw new RenewalException(ErrorId.StoreUnsupported, $"{definition.Name}: {publication.Parameters} cannot be registered here: only Windows has certificate stores for services.", "Publish to a file: -PfxPath, -BundlePath.");
            if (publication.FilePath is { } path && others.FindWriter(path, definition.Name) is { } other)
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
