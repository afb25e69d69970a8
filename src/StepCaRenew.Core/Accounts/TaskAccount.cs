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
