namespace StepCaRenew.Accounts;

/// <summary>The account that a scheduled run runs as.</summary>
internal abstract record TaskAccount
{
    private TaskAccount()
    {
    }

    /// <summary>SYSTEM on Windows, root elsewhere: the default of a schedule of the machine.</summary>
    public static TaskAccount OfMachine { get; } = new Machine();

    /// <summary>The SID of the account on Windows; null if it was not looked up, and on other systems.</summary>
    public string? Sid { get; init; }

    /// <summary>The account, for a message.</summary>
    public abstract string Display { get; }

    /// <summary>SYSTEM, or root.</summary>
    public sealed record Machine : TaskAccount
    {
        /// <inheritdoc/>
        public override string Display => OperatingSystem.IsWindows() ? "SYSTEM" : "root";
    }

    /// <summary>The user who registers; the schedule is that user's own.</summary>
    /// <param name="Name">The user's name; DOMAIN\user on Windows.</param>
    public sealed record Self(string Name) : TaskAccount
    {
        /// <inheritdoc/>
        public override string Display => Name;
    }

    /// <summary>Another user, in a schedule of the machine.</summary>
    /// <param name="Name">The user's name; DOMAIN\user on Windows.</param>
    /// <param name="Password">
    /// On Windows, the password that Task Scheduler keeps; null to run without one (S4U). Such a run has no network rights of
    /// the user, but reaches a CA, which needs only the certificate. Never written into XML, a log or a message.
    /// </param>
    public sealed record User(string Name, System.Security.SecureString? Password = null) : TaskAccount
    {
        /// <inheritdoc/>
        public override string Display => Name;
    }

    /// <summary>A group managed service account; Windows keeps its password.</summary>
    /// <param name="Name">DOMAIN\account$.</param>
    public sealed record ManagedServiceAccount(string Name) : TaskAccount
    {
        /// <inheritdoc/>
        public override string Display => Name;
    }
}

/// <summary>The account of a run, as a definition names it.</summary>
internal static class AccountName
{
    /// <summary>The user of this process; DOMAIN\user on Windows.</summary>
    public static string Current => OperatingSystem.IsWindows() ? WindowsAccounts.CurrentName() : CurrentUser.Name;

    /// <summary>The user of this process, as the account of a schedule of the current user.</summary>
    public static TaskAccount ThisUser() => new TaskAccount.Self(Current) { Sid = CurrentSid };

    private static string? CurrentSid => OperatingSystem.IsWindows() ? WindowsAccounts.Current() : null;

    /// <summary>The account with a name; null is the default account of the scope.</summary>
    internal static TaskAccount Parse(string? runAs, RenewalScope scope) =>
        runAs is null ? scope == RenewalScope.Machine ? TaskAccount.OfMachine : ThisUser()
        : runAs.EndsWith('$') ? new TaskAccount.ManagedServiceAccount(runAs)
        : new TaskAccount.User(runAs);

    /// <summary>The name of an account in a definition; null for the default account of the scope.</summary>
    internal static string? ForDefinition(TaskAccount account) => account is TaskAccount.Machine or TaskAccount.Self ? null : account.Display;

    /// <summary>The SID of an account in a definition; null on other systems than Windows, and for the default account of the scope.</summary>
    internal static string? SidForDefinition(TaskAccount account) => account is TaskAccount.Machine or TaskAccount.Self ? null : account.Sid;

    /// <summary>The account with its SID and its canonical name; unchanged if they cannot be found.</summary>
    internal static TaskAccount Resolve(TaskAccount account) =>
        OperatingSystem.IsWindows() ? Resolve(account, WindowsAccounts.TrySidOf, WindowsAccounts.NameOf) : account;

    /// <inheritdoc cref="Resolve(TaskAccount)"/>
    /// <param name="account">The account as the user named it.</param>
    /// <param name="sidOf">Returns the SID of a name; null if it cannot be found.</param>
    /// <param name="nameOf">Returns the name of a SID; null if it cannot be found.</param>
    internal static TaskAccount Resolve(TaskAccount account, Func<string, string?> sidOf, Func<string, string?> nameOf)
    {
        if (account is TaskAccount.Machine or TaskAccount.Self || sidOf(account.Display) is not { } sid)
            return account;
        var name = nameOf(sid) ?? account.Display;
        return account switch
        {
            TaskAccount.User { Password: null } when sid == WellKnownSids.System => TaskAccount.OfMachine,
            // A managed service account: Windows knows its password, and does not allow S4U.
            TaskAccount.User { Password: null } when name.EndsWith('$') => new TaskAccount.ManagedServiceAccount(name) { Sid = sid },
            TaskAccount.User user => user with { Name = name, Sid = sid },
            TaskAccount.ManagedServiceAccount managed => managed with { Name = name, Sid = sid },
            _ => account,
        };
    }

    /// <summary>The error for a name that no account of this machine has.</summary>
    internal static RenewalException Unknown(string name, Exception? e) => new(
        ErrorId.AccountInvalid, $"There is no user '{name}' on this machine.", "Check the name; on Windows give it as DOMAIN\\user or .\\user.", e);
}
