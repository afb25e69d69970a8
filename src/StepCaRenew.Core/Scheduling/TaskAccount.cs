namespace StepCaRenew.Scheduling;

/// <summary>Whom a scheduled run runs as.</summary>
public abstract record TaskAccount
{
    private TaskAccount()
    {
    }

    /// <summary>SYSTEM on Windows, root elsewhere: what a schedule of the machine runs as unless it is told otherwise.</summary>
    public static TaskAccount OfMachine { get; } = new Machine();

    /// <summary>The account's SID on Windows; null if it was not looked up, and elsewhere.</summary>
    public string? Sid { get; init; }

    /// <summary>The account as a person reads it.</summary>
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
    /// On Windows, the password that Task Scheduler keeps; null to run without one (S4U), which reaches nothing of the
    /// network as that user, but a CA by its own certificate. Never written into XML, a log or a message.
    /// </param>
    public sealed record User(string Name, System.Security.SecureString? Password = null) : TaskAccount
    {
        /// <inheritdoc/>
        public override string Display => Name;
    }

    /// <summary>A group managed service account, whose password Windows keeps.</summary>
    /// <param name="Name">DOMAIN\account$.</param>
    public sealed record ManagedServiceAccount(string Name) : TaskAccount
    {
        /// <inheritdoc/>
        public override string Display => Name;
    }
}
