using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Processes;
using StepCaRenew.Scheduling;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Registration;

/// <summary>Replaces what depends on the session of the user (step configuration, PATH) by absolute values: the account of the run has another home.</summary>
internal sealed class DefinitionMaker(Func<string, string?> environment)
{
    /// <summary>Makes the definition to register.</summary>
    /// <param name="request">The request.</param>
    /// <param name="certificate">The certificate, to find the key next to it.</param>
    /// <returns>The definition, and the CA settings that it was made from.</returns>
    /// <exception cref="RenewalException">A file that the request names does not exist.</exception>
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
            Ca = new CaOptions { CaUrl = settings.Address, RootPath = store.RootFile(given.Name), Fingerprint = fingerprint, UseToken = given.Ca.UseToken },
            RunAs = AccountName.ForDefinition(request.Account),
            RunAsSid = AccountName.SidForDefinition(request.Account),
            PwshPath = request.Module.PwshPath is { } pwsh ? PwshPath.Lasting(pwsh) : null,
            ModulePath = ModuleReference.For(request.Module),
            Actions = [.. given.Actions.Select(Absolute)],
            HealthCheckUriFile = request.HealthCheckUri is null ? null : store.MonitorFile(given.Name),
        };
        return (definition, settings);
    }

    // The password file of step's configuration is used only if the key needs it: a run that cannot read it would fail.
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

    // A scheduled run has another PATH.
    private static ActionDefinition Absolute(ActionDefinition action) =>
        action is CommandAction command && !Path.IsPathFullyQualified(command.FilePath)
            ? command with { FilePath = ProgramFinder.Find(command.FilePath) ?? command.FilePath }
            : action;
}
