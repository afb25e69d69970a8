using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Processes;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>A renewal that is ready to be registered.</summary>
/// <param name="Store">Where it is registered.</param>
/// <param name="Definition">The definition to write.</param>
/// <param name="Run">The run to schedule.</param>
/// <param name="Scheduler">The scheduler.</param>
/// <param name="Ca">The CA, as found in the session of the user who registers.</param>
/// <param name="Root">The root certificate, which is copied next to the definition.</param>
/// <param name="HealthCheckUri">The URL of the monitor, if there is one.</param>
internal sealed record PlannedRegistration(
    DefinitionStore Store, RenewalDefinition Definition, ScheduledRun Run, IScheduler Scheduler, CaSettings Ca, ReadOnlyMemory<byte> Root, Uri? HealthCheckUri)
{
    /// <summary>The differences from the existing registration.</summary>
    public DefinitionChanges Changes { get; init; } = DefinitionChanges.None;

    /// <summary>The URLs of notifiers, by the files that get them.</summary>
    public IReadOnlyDictionary<string, Uri> NotifierUris { get; init; } = new Dictionary<string, Uri>();

    /// <summary>The certificates in place.</summary>
    internal PlannedCertificates Certificates { get; init; } = new([], []);

    /// <summary>A sentence about the registration: interval, scheduler, account, actions and changes.</summary>
    public string Summary
    {
        get
        {
            var followUps = Definition.Publications.Select(publication => publication.Parameters).Concat(Definition.Actions.Select(DefinitionChanges.Describe)).ToList();
            var actions = followUps.Count == 0 ? string.Empty : $"; after a renewal: {string.Join(", ", followUps)}";
            var notifiers = Definition.OnFailure.Count == 0 ? string.Empty : $"; on a failure: {string.Join(", ", Definition.OnFailure.Select(DefinitionChanges.Describe))}";
            var changes = Changes.All.ToList() is { Count: > 0 } all ? $"; changes: {string.Join(", ", all)}" : string.Empty;
            return $"Register a renewal{(Definition.Certificates is null ? string.Empty : $" of {Certificates.All.Count + Certificates.Problems.Count} certificates")} every {ScheduleInterval.Format(Run.Interval)} with {Scheduler.Kind}, as {Run.Account.Display}{actions}{notifiers}{changes}";
        }
    }

    // The default ToString of a record would print the URL of the monitor, which is a secret.
    /// <inheritdoc/>
    public override string ToString() => Definition.Name;
}

/// <summary>A renewal to register, as the user gave it.</summary>
internal sealed record RegistrationRequest
{
    /// <summary>The definition, with CA and programs named as in a call by hand.</summary>
    public required RenewalDefinition Definition { get; init; }

    /// <summary>The scope.</summary>
    public RenewalScope Scope { get; init; }

    /// <summary>The account that it runs as.</summary>
    public required TaskAccount Account { get; init; }

    /// <summary>The URL of the monitor, if there is one.</summary>
    public Uri? HealthCheckUri { get; init; }

    /// <summary>The pwsh and module to schedule: those of this process.</summary>
    public required RunningModule Module { get; init; }

    /// <summary>Register even if the CA cannot be asked, or the name is that of a renewal of another certificate.</summary>
    public bool IsForced { get; init; }
}

/// <summary>Replaces what depends on the session of the user (step configuration, PATH) by absolute values: the account of the run has another home.</summary>
internal sealed class DefinitionMaker(Func<string, string?> environment)
{
    /// <summary>Makes the definition to register.</summary>
    /// <param name="request">The request.</param>
    /// <param name="certificates">The certificates, with their keys.</param>
    /// <returns>The definition, and the CA settings that it was made from.</returns>
    /// <exception cref="RenewalException">A file that the request names does not exist.</exception>
    public (RenewalDefinition Definition, CaSettings Settings) Make(RegistrationRequest request, DefinitionStore store, PlannedCertificates certificates)
    {
        var given = request.Definition;
        var settings = CaSettingsResolver.Resolve(given.Ca, environment);
        using var roots = TrustedRoots.Load(settings);
        var fingerprint = settings.Fingerprint ?? roots.Fingerprint;
        var definition = given with
        {
            Scope = request.Scope,
            KeyPath = given.Certificates is null ? certificates.All[0].KeyPath : null,
            // The schedule must stay as it is when certificates come and go.
            Interval = given.Certificates is null ? given.Interval : given.Interval ?? certificates.Interval,
            KeyPasswordFile = given.KeyPasswordFile ?? certificates.All.Select(certificate => ConfiguredPasswordFile(given.Ca, certificate.KeyPath)).FirstOrDefault(file => file is not null),
            Ca = new CaOptions { CaUrl = settings.Address, RootPath = store.RootFile(given.Name), Fingerprint = fingerprint, Transport = given.Ca.Transport },
            RunAs = AccountName.ForDefinition(request.Account),
            RunAsSid = AccountName.SidForDefinition(request.Account),
            PwshPath = request.Module.PwshPath is { } pwsh ? PwshPath.Lasting(pwsh) : null,
            ModulePath = ModuleReference.For(request.Module),
            Actions = [.. given.Actions.Select(Absolute)],
            OnFailure = [.. given.OnFailure.Select((notifier, index) => new Notifier(notifier.Action is WebhookAction { Address: not null } ? WebhookAction.ToAddressIn(store.NotifierFile(given.Name, index + 1)) : Absolute(notifier.Action)))],
            HealthCheckUriFile = request.HealthCheckUri is null ? null : store.MonitorFile(given.Name),
        };
        return (definition, settings);
    }

    /// <summary>The URLs of the notifiers that were given themselves, by the files that are to have them: a definition has no secrets.</summary>
    public static IReadOnlyDictionary<string, Uri> NotifierUris(RenewalDefinition given, DefinitionStore store) => given.OnFailure
        .Select((notifier, index) => (Path: store.NotifierFile(given.Name, index + 1), (notifier.Action as WebhookAction)?.Address)).Where(one => one.Address is not null)
        .ToDictionary(one => one.Path, one => one.Address!);

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
