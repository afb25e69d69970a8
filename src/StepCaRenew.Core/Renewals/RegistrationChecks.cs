using Microsoft.Extensions.Logging;
using StepCaRenew.Certificates;
using StepCaRenew.Files;
using StepCaRenew.Logging;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Foreign;
using StepCaRenew.StepCa;

namespace StepCaRenew.Renewals;

/// <summary>What must hold before a renewal is registered: the usual failure is that it works by hand and not by schedule.</summary>
internal sealed class RegistrationChecks(TimeProvider clock, Func<string, string?> environment, ILogger logger)
{
    private static readonly string[] ProxyVariables = ["HTTPS_PROXY", "https_proxy"];
    private static readonly string[] FolderVariables = ["XDG_CONFIG_HOME", "XDG_STATE_HOME"];

    /// <summary>Demands that the run will work, as far as that can be known before it runs.</summary>
    /// <exception cref="RenewalException">It will not; nothing was changed.</exception>
    public async Task DemandAsync(RegistrationRequest request, Registration registration, CancellationToken cancellationToken)
    {
        var definition = registration.Definition;
        DemandFreeName(request, registration);
        PwshPath.Demand(registration.Run.Command.Program, registration.Run.Scope);
        await DemandPairAsync(definition, cancellationToken).ConfigureAwait(false);
        foreach (var action in definition.Actions)
            action.Demand(new Actions.ActionHost { PwshPath = request.Module.PwshPath });
        RenewalSafety.Demand(registration.Store.Folders, definition, request.Module);
        await new AccountRights(clock).DemandAsync(registration, cancellationToken).ConfigureAwait(false);
        await DemandCaAsync(request, registration, cancellationToken).ConfigureAwait(false);
        foreach (var finding in new ForeignRenewals().Find(definition.CertificatePath))
            TaskLog.Foreign(logger, finding);
        if (ProxyVariables.FirstOrDefault(name => environment(name) is { Length: > 0 }) is { } variable)
            TaskLog.Warned(logger, $"{variable} is set here, and a scheduled run does not have it: it will ask the CA directly, unless the machine's environment says otherwise.");
        if (definition.Scope == RenewalScope.CurrentUser && registration.Run.Home is null
            && FolderVariables.FirstOrDefault(name => environment(name) is { Length: > 0 }) is { } folder)
            TaskLog.Warned(logger, $"{folder} is set here and decides where the definition lies; a scheduled run that does not have it will not find it. {RenewalFolders.HomeVariable} goes with the schedule.");
    }

    /// <summary>Demands the right to register at all, before anything else is looked at.</summary>
    /// <exception cref="RenewalException">It takes an administrator, or root (<see cref="ErrorId.AdministratorRequired"/>).</exception>
    public static void DemandScope(RenewalScope scope)
    {
        if (scope == RenewalScope.Machine && !Environment.IsPrivilegedProcess)
            throw new RenewalException(
                ErrorId.AdministratorRequired, $"Only {(OperatingSystem.IsWindows() ? "an administrator" : "root")} can register renewals of the machine.",
                "Run as one, or register for yourself: -Scope CurrentUser.");
    }

    private void DemandFreeName(RegistrationRequest request, Registration registration)
    {
        var (store, name) = (registration.Store, registration.Definition.Name);
        // The run finds its definition by the name alone.
        if (RegisteredNames.Stores(environment).FirstOrDefault(other => other.Folders.Definitions != store.Folders.Definitions && other.Find(name) is not null) is { } taken)
            throw new RenewalException(
                ErrorId.NameTaken, $"'{name}' is registered already, in the scope {taken.Folders.Scope}: '{taken.Folders.DefinitionOf(name)}'.", "Choose another -Name, or unregister that one first.");
        if (store.Find(name) is not { } found)
            return;
        if (found != name)
            throw new RenewalException(ErrorId.NameTaken, $"'{found}' is registered, and names are compared without regard to case.", $"Use -Name {found}, or another name.");
        if (request.IsForced)
            return;
        var existing = store.Load(name);
        if (TargetPath.Follow(existing.CertificatePath) != TargetPath.Follow(registration.Definition.CertificatePath))
            throw new RenewalException(
                ErrorId.NameTaken, $"'{name}' is registered for '{existing.CertificatePath}'.", "Choose another -Name, or give -Force to make it the renewal of the other certificate.");
    }

    private async Task DemandPairAsync(RenewalDefinition definition, CancellationToken cancellationToken)
    {
        using var password = definition.KeyPasswordFile is { } file ? KeyPassword.FromFile(file) : null;
        var request = new RenewalRequest { CertificatePath = definition.CertificatePath, KeyPath = definition.KeyPath, KeyPassword = password };
        using var pair = await new MatchingPairLoader(clock, logger).LoadAsync(request, seen: null, _ => { }, cancellationToken).ConfigureAwait(false);
    }

    private async Task DemandCaAsync(RegistrationRequest request, Registration registration, CancellationToken cancellationToken)
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
