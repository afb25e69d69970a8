using StepCaRenew.Accounts;
using StepCaRenew.Permissions;

namespace StepCaRenew.Registration;

/// <summary>Whether this process runs as the account of a renewal, and which accounts it then trusts.</summary>
internal static class RunAccount
{
    /// <summary>The account that a definition names. Definitions of older versions, and those written by hand, have no SID.</summary>
    internal static TaskAccount FromDefinition(RenewalDefinition definition) => AccountName.Parse(definition.RunAs, definition.Scope) is var account && definition.RunAsSid is { } sid ? account with { Sid = sid } : account;

    /// <summary>Whether this process runs as the account of a renewal. Renewals of other accounts never run in it, not even as root.</summary>
    public static bool IsThisProcess(RenewalDefinition definition) =>
        definition.RunAs is null ? definition.Scope == RenewalScope.CurrentUser || Environment.IsPrivilegedProcess : IsThisAccount(definition);

    /// <summary>Whether a definition names the account of this process.</summary>
    internal static bool IsThisAccount(RenewalDefinition definition) =>
        OperatingSystem.IsWindows() ? IsAccount(definition, AccountName.Current, WindowsAccounts.Current(), WindowsAccounts.TrySidOf)
        // By user number, since two names can be the same user.
        : definition.RunAs is { } name && UnixAccounts.UserNumber(name) == UnixAccounts.Current();

    /// <summary>Whether a definition names an account of Windows, by SID, or by name if the name has no SID.</summary>
    /// <param name="sidOf">Returns the SID of a name; null if it cannot be found.</param>
    internal static bool IsAccount(RenewalDefinition definition, string name, string sid, Func<string, string?> sidOf) =>
        (definition.RunAsSid ?? (definition.RunAs is { } runAs ? sidOf(runAs) : null)) is { } registered
            ? registered.Equals(sid, StringComparison.OrdinalIgnoreCase)
            : name.Equals(definition.RunAs, StringComparison.OrdinalIgnoreCase);

    /// <summary>The accounts that this process trusts while it runs a renewal of its account.</summary>
    /// <remarks>On Windows, an administrator who runs a renewal of SYSTEM trusts only the accounts that SYSTEM trusts.</remarks>
    public static TrustedAccounts Trusted(RenewalDefinition definition) =>
        OperatingSystem.IsWindows() && definition is { RunAs: null, Scope: RenewalScope.Machine } ? TrustedAccounts.ForAccount(TaskAccount.OfMachine) : TrustedAccounts.ForThisProcess();

    /// <summary>Requires that this process runs as the account of a renewal.</summary>
    /// <exception cref="RenewalException">It runs as another account (<see cref="ErrorId.OtherAccount"/>).</exception>
    public static void RequireThisProcess(RenewalDefinition definition)
    {
        if (!IsThisProcess(definition))
            throw Other(definition, $"this process runs as '{AccountName.Current}'");
    }

    /// <summary>The error for a renewal that this process cannot run as its account.</summary>
    internal static RenewalException Other(RenewalDefinition definition, string reason, string? remedy = null) => new(
        ErrorId.OtherAccount, $"'{definition.Name}' runs as '{FromDefinition(definition).Display}', and {reason}.", remedy ?? DefaultRemedy(definition));

    private static string DefaultRemedy(RenewalDefinition definition) => OperatingSystem.IsWindows()
        ? $@"Run its task: Start-ScheduledTask -TaskPath '\{Scheduling.Windows.TaskPath.MachineFolder}\' -TaskName '{definition.Name}'"
        : $"Start its schedule, or run it as that user: Invoke-StepRenewal -Name {definition.Name}";
}
