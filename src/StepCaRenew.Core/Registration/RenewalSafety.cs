using StepCaRenew.Accounts;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Permissions;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>
/// Requires that other accounts cannot change what a registered renewal reads, runs and writes. Checked at registration for
/// the account of the run, and at every run for the account of the process.
/// </summary>
internal static class RenewalSafety
{
    /// <summary>Requires that a renewal is safe to run.</summary>
    /// <exception cref="RenewalException">Others can change it (<see cref="ErrorId.InsecureDefinition"/>, <see cref="ErrorId.InsecureFolder"/>).</exception>
    /// <remarks>Of several certificates, each is checked on its own: <see cref="RequireSafePair"/>.</remarks>
    /// <param name="trusted">
    /// The accounts that the run trusts. Not taken from the definition: root would run files that another account can write.
    /// </param>
    public static void RequireSafe(RenewalFolders folders, RenewalDefinition definition, RunningModule module, TrustedAccounts trusted)
    {
        SafetyCheck.RequireSafeDefinition(Guarded(folders, definition, module), trusted);
        SafetyCheck.RequireSafeFolder([Folder(folders.StateFolder(definition.Name), "the state folder"), Folder(Path.GetDirectoryName(RegisteredRenewal.LogOf(folders, definition))!, "the log folder")], trusted);
        if (definition.Certificates is null)
            RequireSafePair(definition, trusted);
    }

    /// <summary>Requires that others cannot change the folders of a pair and of its other forms.</summary>
    /// <exception cref="RenewalException">Others can change one (<see cref="ErrorId.InsecureFolder"/>).</exception>
    /// <param name="definition">The definition for one certificate.</param>
    /// <param name="trusted">As for <see cref="RequireSafe"/>.</param>
    public static void RequireSafePair(RenewalDefinition definition, TrustedAccounts trusted)
    {
        // A schedule of a user has no more rights than the user.
        if (definition.Scope != RenewalScope.Machine)
            return;
        var owners = trusted.WithOwnerOf(definition.KeyPath ?? definition.CertificatePath);
        SafetyCheck.RequireSafeFolder(PairFolders(definition), owners);
        // The owner of a file that is in place reads what is published there anyway.
        foreach (var path in definition.Publications.Select(publication => publication.FilePath).OfType<string>())
            SafetyCheck.RequireSafeFolder([Folder(Path.GetDirectoryName(path)!, "the folder of a publication")], owners.WithOwnerOf(path));
    }

    /// <summary>Requires that only the account of this process can change the pwsh and the module that it will start as another account.</summary>
    /// <exception cref="RenewalException">Others can change it (<see cref="ErrorId.InsecureDefinition"/>).</exception>
    public static void RequireSafeModule(RunningModule module) =>
        SafetyCheck.RequireSafeDefinition([.. Pwsh(module), .. Module(module)], TrustedAccounts.ForThisProcess());

    /// <summary>
    /// The notifiers that may report a renewal that was refused. If others can change the definition, nothing in it is used: only the
    /// URLs that registration wrote next to it. Otherwise each notifier whose own files are safe.
    /// </summary>
    /// <param name="definition">The definition; null if it could not be read.</param>
    public static IReadOnlyList<Notifier> NotifiersOfRefused(DefinitionStore store, string name, RenewalDefinition? definition, RunningModule module)
    {
        if (!RenewalName.IsValid(name))
            return [];
        if (definition is not null && IsSafe([new GuardedPath(store.Folders.DefinitionFile(definition.Name), "the definition"), .. Pwsh(module), .. Module(module)]))
            return [.. definition.OnFailure.Where(notifier => IsSafe(Action(notifier.Action)))];
        return [.. store.NotifierFiles(store.Find(name) ?? name).Select(path => new Notifier(WebhookAction.ToAddressIn(path))).Where(notifier => IsSafe(Action(notifier.Action)))];
    }

    private static bool IsSafe(IEnumerable<GuardedPath> paths)
    {
        try
        {
            SafetyCheck.RequireSafeDefinition(paths, TrustedAccounts.ForThisProcess());
            return true;
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    /// <summary>The files that decide what is run, and those that are run.</summary>
    private static IEnumerable<GuardedPath> Guarded(RenewalFolders folders, RenewalDefinition definition, RunningModule module)
    {
        yield return new GuardedPath(folders.DefinitionFile(definition.Name), "the definition");
        if (definition.KeyPasswordFile is { } keyPassword)
            yield return new GuardedPath(keyPassword, "the password file");
        foreach (var password in definition.Publications.Select(publication => publication.PasswordFile).OfType<string>())
            yield return new GuardedPath(password, "the password file of a PFX file");
        if (definition.HealthCheckUriFile is { } monitor)
            yield return new GuardedPath(monitor, "the file with the URL of the monitor");
        if (definition.Ca.RootPath is { } root)
            yield return new GuardedPath(root, "the root certificate");
        if (definition.Ca.StepPath is { } step)
            yield return new GuardedPath(step, "the step configuration", WithContents: true);
        foreach (var guarded in definition.Actions.Concat(definition.OnFailure.Select(notifier => notifier.Action)).SelectMany(Action))
            yield return guarded;
        foreach (var guarded in Pwsh(module).Concat(Module(module)))
            yield return guarded;
    }

    private static IEnumerable<GuardedPath> Action(ActionDefinition action) => action switch
    {
        CommandAction command => GuardedPath.Program(command.FilePath, OperatingSystem.IsWindows()),
        ScriptAction script => [new GuardedPath(script.ScriptPath, "the script")],
        WebhookAction { UriFile: { } file } => [new GuardedPath(file, "the file with the URL of a notifier")],
        _ => [],
    };

    private static IEnumerable<GuardedPath> Module(RunningModule module)
    {
        yield return GuardedPath.Module(module.Folder);
        // A schedule loads the newest version, so a new one here would be run.
        if (ModuleReference.VersionsFolder(module.Folder) is { } versions)
            yield return new GuardedPath(versions, "the folder with the versions of the module");
    }

    // The pwsh that runs, and the launcher or link that a schedule starts.
    private static IEnumerable<GuardedPath> Pwsh(RunningModule module)
    {
        if (module.PwshPath is not { } path)
            return [];
        var lasting = PwshPath.Lasting(path);
        return lasting == path ? GuardedPath.Pwsh(path) : [.. GuardedPath.Pwsh(path), new GuardedPath(lasting, "pwsh")];
    }

    private static IEnumerable<GuardedPath> PairFolders(RenewalDefinition definition) =>
        new[] { definition.CertificatePath, definition.KeyPath }.OfType<string>().Select(path => Path.GetDirectoryName(path)!).Distinct()
            .Select(folder => Folder(folder, "the folder of the pair"));

    private static GuardedPath Folder(string path, string what) => new(path, what);
}
