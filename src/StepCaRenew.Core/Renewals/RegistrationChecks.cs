using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Files;
using StepCaRenew.Logging;
using StepCaRenew.Safety;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Foreign;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.StepCa;

namespace StepCaRenew.Renewals;

/// <summary>What must hold before a renewal is registered: the usual failure is that it works by hand and not by schedule.</summary>
internal sealed class RegistrationChecks(LinuxPaths paths, TimeProvider clock, Func<string, string?> environment, ILogger logger)
{
    private static readonly string[] ProxyVariables = ["HTTPS_PROXY", "https_proxy"];
    private static readonly string[] FolderVariables = ["XDG_CONFIG_HOME", "XDG_STATE_HOME"];

    /// <summary>Demands that the run will work, as far as that can be known before it runs.</summary>
    /// <exception cref="RenewalException">It will not; nothing was changed.</exception>
    public async Task RequireAsync(RegistrationRequest request, Registration registration, CancellationToken cancellationToken)
    {
        var definition = registration.Definition;
        RequireFreeName(request, registration);
        new CertificateClaims(environment, logger).RequireUnclaimed(registration, request.IsForced);
        PwshPath.RequireSuitable(registration.Run.Command.Program, registration.Run.Scope);
        await RequirePairAsync(definition, cancellationToken).ConfigureAwait(false);
        RequireNoDaemon(definition);
        foreach (var action in definition.Actions)
            action.RequireRunnable(new Actions.ActionHost { PwshPath = request.Module.PwshPath });
        await new ServiceChecks(paths, clock, logger).RequireAsync(definition, registration.Run.Account, request.IsForced, cancellationToken).ConfigureAwait(false);
        await RequireRunAsync(request, registration, cancellationToken).ConfigureAwait(false);
        await RequireCaAsync(request, registration, cancellationToken).ConfigureAwait(false);
        foreach (var finding in new ForeignRenewals(paths).Find(definition.CertificatePath))
            TaskLog.Foreign(logger, finding);
        if (ModuleReference.IsManifest(definition.ModulePath ?? string.Empty))
            TaskLog.Warned(logger, $"{definition.Name}: the module is not in a folder of modules (<folder>/StepCaRenew/<version>), so the schedule imports '{definition.ModulePath}' and no other version. If you move or update it, register again.");
        if (registration.Changes.Dropped.Count > 0)
            TaskLog.Warned(logger, $"{definition.Name}: this registration replaces the one that exists, and drops {string.Join(", ", registration.Changes.Dropped)}. To keep it, give the parameter again.");
        if (ProxyVariables.FirstOrDefault(name => environment(name) is { Length: > 0 }) is { } variable)
            TaskLog.Warned(logger, $"{variable} is set here, and a scheduled run does not have it: it will ask the CA directly, unless the machine's environment says otherwise.");
        if (definition.Scope == RenewalScope.CurrentUser && registration.Run.Home is null
            && FolderVariables.FirstOrDefault(name => environment(name) is { Length: > 0 }) is { } folder)
            TaskLog.Warned(logger, $"{folder} is set here and decides where the definition lies; a scheduled run that does not have it will not find it. {RenewalFolders.HomeVariable} goes with the schedule.");
    }

    /// <summary>Demands the right to register at all, before anything else is looked at.</summary>
    /// <exception cref="RenewalException">It takes an administrator, or root (<see cref="ErrorId.AdministratorRequired"/>).</exception>
    public static void RequireRights(RenewalScope scope)
    {
        if (scope == RenewalScope.Machine && !Environment.IsPrivilegedProcess)
            throw new RenewalException(
                ErrorId.AdministratorRequired, $"Only {(OperatingSystem.IsWindows() ? "an administrator" : "root")} can register renewals of the machine.",
                "Run as one, or register for yourself: -Scope CurrentUser.");
    }

    private void RequireFreeName(RegistrationRequest request, Registration registration)
    {
        var (store, name) = (registration.Store, registration.Definition.Name);
        // The run finds its definition by the name alone.
        if (RegisteredNames.Stores(environment).FirstOrDefault(other => other.Folders.Definitions != store.Folders.Definitions && other.Find(name) is not null) is { } taken)
            throw new RenewalException(
                ErrorId.NameTaken, $"'{name}' is registered already, in the scope {taken.Folders.Scope}: '{taken.Folders.DefinitionFile(name)}'.", "Choose another -Name, or unregister that one first.");
        if (store.Find(name) is not { } found)
            return;
        if (found != name)
            throw new RenewalException(ErrorId.NameTaken, $"'{found}' is registered, and names are compared without regard to case.", $"Use -Name {found}, or another name.");
        if (request.IsForced)
            return;
        var existing = store.Load(name);
        if (!PathNames.AreSame(TargetPath.Follow(existing.CertificatePath), TargetPath.Follow(registration.Definition.CertificatePath)))
            throw new RenewalException(
                ErrorId.NameTaken, $"'{name}' is registered for '{existing.CertificatePath}'.", "Choose another -Name, or give -Force to make it the renewal of the other certificate.");
    }

    // Whoever may change what runs is found before anything of it is run.
    private async Task RequireRunAsync(RegistrationRequest request, Registration registration, CancellationToken cancellationToken)
    {
        var (folders, definition) = (registration.Store.Folders, registration.Definition);
        var trusted = TrustedAccounts.ForAccount(registration.Run.Account);
        RenewalSafety.RequireSafe(folders, definition, request.Module, trusted);
        await new AccountRights(clock).RequireAsync(registration, cancellationToken).ConfigureAwait(false);
        var loaded = await new RunProbe(clock, logger).RequireLoadableAsync(registration, request.Module, request.IsForced, cancellationToken).ConfigureAwait(false);
        // A newer version than the one that registers.
        if (loaded is not null && loaded != request.Module.Folder)
            RenewalSafety.RequireSafe(folders, definition, request.Module with { Folder = loaded }, trusted);
    }

    // The daemon signs with the key of its start: it would put a certificate next to a key that does not match.
    private void RequireNoDaemon(RenewalDefinition definition)
    {
        if (definition.Rekey && new ForeignRenewals(paths).FindDaemons(definition.CertificatePath) is [var daemon, ..])
            throw new RenewalException(
                ErrorId.DaemonRunning, $"-Rekey cannot be registered for '{definition.CertificatePath}' while a daemon renews it with the key of its start. {daemon}",
                "End the daemon, and what starts it (such as a unit of systemd), then register again; or register without -Rekey first.");
    }

    private async Task RequirePairAsync(RenewalDefinition definition, CancellationToken cancellationToken)
    {
        using var password = definition.KeyPasswordFile is { } file ? KeyPassword.FromFile(file) : null;
        var request = new RenewalRequest { CertificatePath = definition.CertificatePath, KeyPath = definition.KeyPath, KeyPassword = password };
        using var pair = await new MatchingPairLoader(clock, logger).LoadAsync(request, seen: null, reader: null, _ => { }, cancellationToken).ConfigureAwait(false);
    }

    private async Task RequireCaAsync(RegistrationRequest request, Registration registration, CancellationToken cancellationToken)
    {
        using var roots = TrustedRoots.Load(registration.Ca);
        try
        {
            await new CaClient(registration.Ca, roots, clock, environment).GetHealthAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e) when (request.IsForced)
        {
            TaskLog.Warned(logger, $"The CA could not be asked, and -Force was given: {e.Message}");
        }
        catch (RenewalException e) when (e.IsTransient)
        {
            throw new RenewalException(e.ErrorId, e.Message, $"{e.Remedy} Or register all the same, with -Force.", e);
        }
    }
}
