using StepCaRenew.Safety;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>The account of a run, as a definition names it.</summary>
public static class AccountName
{
    /// <summary>The user that runs this; DOMAIN\user on Windows.</summary>
    public static string Current => OperatingSystem.IsWindows() ? WindowsAccounts.CurrentName() : CurrentUser.Name;

    /// <summary>The user that runs this, as the account of a schedule of that user's own.</summary>
    public static TaskAccount ThisUser() => new TaskAccount.Self(Current) { Sid = CurrentSid };

    private static string? CurrentSid => OperatingSystem.IsWindows() ? WindowsAccounts.Current() : null;

    /// <summary>The account that a definition names. Definitions of older versions, and those that somebody wrote by hand, hold no SID.</summary>
    internal static TaskAccount FromDefinition(RenewalDefinition definition) => Parse(definition.RunAs, definition.Scope) is var account && definition.RunAsSid is { } sid ? account with { Sid = sid } : account;

    /// <summary>The account of a name.</summary>
    /// <param name="runAs">The name; null for the usual account of the scope.</param>
    /// <param name="scope">The scope.</param>
    internal static TaskAccount Parse(string? runAs, RenewalScope scope) =>
        runAs is null ? scope == RenewalScope.Machine ? TaskAccount.OfMachine : ThisUser()
        : runAs.EndsWith('$') ? new TaskAccount.ManagedServiceAccount(runAs)
        : new TaskAccount.User(runAs);

    /// <summary>The name of an account; null for the usual one of its scope.</summary>
    /// <param name="account">The account.</param>
    internal static string? ForDefinition(TaskAccount account) => account is TaskAccount.Machine or TaskAccount.Self ? null : account.Display;

    /// <summary>The SID that is registered with the name; null off Windows, and for the usual account of a scope.</summary>
    /// <param name="account">The account.</param>
    internal static string? SidForDefinition(TaskAccount account) => account is TaskAccount.Machine or TaskAccount.Self ? null : account.Sid;

    /// <summary>An account with its SID, and with the name that Windows itself gives it. What cannot be found stays as it is.</summary>
    internal static TaskAccount Resolve(TaskAccount account) =>
        OperatingSystem.IsWindows() ? Resolve(account, WindowsAccounts.TrySidOf, WindowsAccounts.NameOf) : account;

    /// <inheritdoc cref="Resolve(TaskAccount)"/>
    /// <param name="account">The account, as the user wrote it.</param>
    /// <param name="sidOf">The SID of a name; null if it cannot be found.</param>
    /// <param name="nameOf">The name of a SID; null if it cannot be found.</param>
    internal static TaskAccount Resolve(TaskAccount account, Func<string, string?> sidOf, Func<string, string?> nameOf)
    {
        if (account is TaskAccount.Machine or TaskAccount.Self || sidOf(account.Display) is not { } sid)
            return account;
        var name = nameOf(sid) ?? account.Display;
        return account switch
        {
            TaskAccount.User { Password: null } when sid == WellKnownSids.System => TaskAccount.OfMachine,
            // Windows knows the password of such an account; without one, the task would be logged on in a way that it does not allow.
            TaskAccount.User { Password: null } when name.EndsWith('$') => new TaskAccount.ManagedServiceAccount(name) { Sid = sid },
            TaskAccount.User user => user with { Name = name, Sid = sid },
            TaskAccount.ManagedServiceAccount managed => managed with { Name = name, Sid = sid },
            _ => account,
        };
    }

    /// <summary>Whether a definition names the account that runs this.</summary>
    internal static bool IsThisAccount(RenewalDefinition definition) =>
        OperatingSystem.IsWindows() ? IsAccount(definition, Current, WindowsAccounts.Current(), WindowsAccounts.TrySidOf)
        // By number: two names can be the same user.
        : definition.RunAs is { } name && UnixAccounts.UserNumber(name) == UnixAccounts.Current();

    /// <summary>Whether a definition names an account of Windows: by its SID, or by its name if no SID can be found for that.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="name">The account's name.</param>
    /// <param name="sid">Its SID.</param>
    /// <param name="sidOf">The SID of a name; null if it cannot be found.</param>
    internal static bool IsAccount(RenewalDefinition definition, string name, string sid, Func<string, string?> sidOf) =>
        (definition.RunAsSid ?? (definition.RunAs is { } runAs ? sidOf(runAs) : null)) is { } registered
            ? registered.Equals(sid, StringComparison.OrdinalIgnoreCase)
            : name.Equals(definition.RunAs, StringComparison.OrdinalIgnoreCase);
}
