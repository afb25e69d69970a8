using StepCaRenew.Accounts;
using StepCaRenew.Permissions;

namespace StepCaRenew.Registration;

/// <summary>Whether this process runs as the account of a renewal, and which accounts it then trusts.</summary>
internal static class RunAccount
{
    /// <summary>Whether this process runs as the account of a renewal. Renewals of other accounts never run in it, not even as root.</summary>
    public static bool IsThisProcess(RenewalDefinition definition) =>
        definition.RunAs is null ? definition.Scope == RenewalScope.CurrentUser || Environment.IsPrivilegedProcess : AccountName.IsThisAccount(definition);

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
        ErrorId.OtherAccount, $"'{definition.Name}' runs as '{AccountName.FromDefinition(definition).Display}', and {reason}.", remedy ?? DefaultRemedy(definition));

    private static string DefaultRemedy(RenewalDefinition definition) => OperatingSystem.IsWindows()
        ? $@"Run its task: Start-ScheduledTask -TaskPath '\{Scheduling.Windows.TaskPath.MachineFolder}\' -TaskName '{definition.Name}'"
        : $"Start its schedule, or run it as that user: Invoke-StepRenewal -Name {definition.Name}";
}
