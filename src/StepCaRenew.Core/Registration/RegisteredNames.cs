using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Registration;

/// <summary>Finds registered renewals by name, in the scopes that the user of this process can run.</summary>
internal static class RegisteredNames
{
    /// <summary>
    /// The scopes in order of preference: for an administrator first that of the machine, for another user first that of the
    /// user. Renewals of the machine can run as a user.
    /// </summary>
    public static IReadOnlyList<DefinitionStore> Stores(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        RenewalScope[] scopes = Environment.IsPrivilegedProcess ? [RenewalScope.Machine, RenewalScope.CurrentUser] : [RenewalScope.CurrentUser, RenewalScope.Machine];
        // With STEPCARENEW_HOME both scopes share one folder.
        if (environment(RenewalFolders.HomeVariable) is { Length: > 0 })
            scopes = [scopes[0]];
        return [.. scopes.Select(scope => new DefinitionStore(RenewalFolders.ForScope(scope, environment)))];
    }

    /// <summary>The matching renewals in the folders of this process.</summary>
    /// <param name="matches">Whether a name matches.</param>
    /// <exception cref="RenewalException">A folder of definitions cannot be read.</exception>
    public static IReadOnlyList<(DefinitionStore Store, string Name)> Find(Func<string, bool> matches)
    {
        var found = new List<(DefinitionStore Store, string Name)>();
        foreach (var store in Stores(CaSettingsResolver.FromProcess))
        {
            foreach (var name in store.Names().Where(matches).Where(name => Concerns(store, name)))
                found.Add((store, name));
        }

        return found;
    }

    /// <summary>The error of a name that is not registered.</summary>
    public static RenewalException NotRegistered(string name) => new(
        ErrorId.NotRegistered, $"No renewal '{name}' is registered.", "List registered renewals with Get-StepRenewalTask, or register this one with Register-StepRenewalTask.");

    // Of the renewals of the machine, a user sees those that run as that user; they can be read.
    private static bool Concerns(DefinitionStore store, string name)
    {
        if (store.Folders.Scope == RenewalScope.CurrentUser || Environment.IsPrivilegedProcess)
            return true;
        try
        {
            return RenewalName.IsValid(name) && store.Load(name) is { Scope: RenewalScope.Machine, RunAs: not null } definition && RunAccount.IsThisAccount(definition);
        }
        catch (RenewalException)
        {
            return false;
        }
    }
}
