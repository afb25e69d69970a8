using StepCaRenew.Actions;
using StepCaRenew.Certificates;
using StepCaRenew.Scheduling;
using StepCaRenew.StepCa;

namespace StepCaRenew.Renewals;

/// <summary>Writes down as absolute values what a call by hand leaves to its user's surroundings: SYSTEM has another home.</summary>
/// <param name="environment">The environment variables.</param>
internal sealed class DefinitionMaker(Func<string, string?> environment)
{
    /// <summary>Makes the definition that is registered.</summary>
    /// <param name="request">The request.</param>
    /// <param name="store">Where it is registered.</param>
    /// <param name="certificate">The certificate, for the key beside it.</param>
    /// <returns>The definition, and the settings that it was made of; the root still lies where they say.</returns>
    /// <exception cref="RenewalException">Something that it names does not exist.</exception>
    public (RenewalDefinition Definition, CaSettings Settings) Make(RegistrationRequest request, DefinitionStore store, CertificateFile certificate)
    {
        var given = request.Definition;
        var settings = CaSettingsResolver.Resolve(given.Ca, environment);
        using var roots = TrustedRoots.Load(settings);
        var fingerprint = settings.Fingerprint ?? roots.Fingerprint;
        var keyPath = given.KeyPath ?? KeyPathConvention.FindRequired(certificate);
        var definition = given with
        {
            Scope = request.Scope,
            KeyPath = keyPath,
            KeyPasswordFile = given.KeyPasswordFile ?? ConfiguredPasswordFile(given.Ca, keyPath),
            Ca = new CaOptions { CaUrl = settings.Address, RootPath = store.RootFile(given.Name), Fingerprint = fingerprint },
            RunAs = AccountName.ForDefinition(request.Account),
            RunAsSid = AccountName.SidForDefinition(request.Account),
            PwshPath = request.Module.PwshPath is { } pwsh ? PwshPath.Lasting(pwsh) : null,
            ModulePath = ModuleReference.For(request.Module),
            Actions = [.. given.Actions.Select(Absolute)],
            HealthCheckUriFile = request.HealthCheckUri is null ? null : store.MonitorFile(given.Name),
        };
        return (definition, settings);
    }

    // What step's configuration names is written down only if it is needed: a run that cannot read it would be refused.
    private string? ConfiguredPasswordFile(CaOptions ca, string keyPath)
    {
        if (StepParameters.Read(ca, environment).PasswordFile is not { } file)
            return null;
        try
        {
            KeyFile.Load(keyPath).Dispose();
            return null;
        }
        catch (RenewalException e)
        {
            return e.ErrorId == ErrorId.KeyPasswordRequired ? file : null;
        }
    }

    // PATH is another one in a scheduled run.
    private static ActionDefinition Absolute(ActionDefinition action) =>
        action is CommandAction command && !Path.IsPathFullyQualified(command.FilePath)
            ? command with { FilePath = ProgramFinder.Find(command.FilePath) ?? command.FilePath }
            : action;
}
