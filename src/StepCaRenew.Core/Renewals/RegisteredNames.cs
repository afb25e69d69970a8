using StepCaRenew.StepCa;

namespace StepCaRenew.Renewals;

/// <summary>Finds registered renewals by name, in the scopes that concern whoever asks.</summary>
public static class RegisteredNames
{
    /// <summary>
    /// The scopes, the nearer one first: an administrator's runs are those of the machine. A user runs the user's own,
    /// and those of the machine that are to run as that user.
    /// </summary>
    /// <param name="environment">The environment variables.</param>
    public static IReadOnlyList<DefinitionStore> Stores(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        RenewalScope[] scopes = Environment.IsPrivilegedProcess ? [RenewalScope.Machine, RenewalScope.CurrentUser] : [RenewalScope.CurrentUser, RenewalScope.Machine];
        // With STEPCARENEW_HOME there is one place for all.
        if (environment(RenewalFolders.HomeVariable) is { Length: > 0 })
            scopes = [scopes[0]];
        return [.. scopes.Select(scope => new DefinitionStore(RenewalFolders.ForScope(scope, environment)))];
    }

    /// <summary>The renewals of this process's environment that match.</summary>
    /// <param name="matches">Whether a name is meant.</param>
    /// <exception cref="RenewalException">A folder of definitions may not be read.</exception>
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
    /// <param name="name">The name.</param>
    public static RenewalException NotRegistered(string name) => new(
        ErrorId.NotRegistered, $"No renewal '{name}' is registered.", "See Get-StepRenewalTask for those that are, or register it with Register-StepRenewalTask.");

    // A user's business is what runs as that user; what can't even be read does not.
    private static bool Concerns(DefinitionStore store, string name)
    {
        if (store.Folders.Scope == RenewalScope.CurrentUser || Environment.IsPrivilegedProcess)
            return true;
        try
        {
            return RenewalName.IsValid(name) && store.Load(name) is { Scope: RenewalScope.Machine, RunAs: not null } definition && AccountName.IsThisAccount(definition);
        }
        catch (RenewalException)
        {
            return false;
        }
    }
}
