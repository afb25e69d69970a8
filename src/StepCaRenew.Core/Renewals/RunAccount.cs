using StepCaRenew.Safety;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>Whether this process runs as the account that a definition names, and whom the process trusts then.</summary>
internal static class RunAccount
{
    /// <summary>Whether this process can run a renewal: another account's renewal never runs here, whatever this process has permission to do.</summary>
    /// <param name="definition">The renewal.</param>
    public static bool IsThisProcess(RenewalDefinition definition) =>
        definition.RunAs is null ? definition.Scope == RenewalScope.CurrentUser || Environment.IsPrivilegedProcess : AccountName.IsThisAccount(definition);

    /// <summary>The accounts that this process trusts while it runs a renewal of its own.</summary>
    /// <remarks>On Windows, a renewal of SYSTEM that an administrator runs trusts nobody more than SYSTEM's own run does.</remarks>
    public static TrustedAccounts Trusted(RenewalDefinition definition) =>
        OperatingSystem.IsWindows() && definition is { RunAs: null, Scope: RenewalScope.Machine } ? TrustedAccounts.ForAccount(TaskAccount.OfMachine) : TrustedAccounts.ForThisProcess();

    /// <summary>Demands that this process runs as the account of a renewal.</summary>
    /// <exception cref="RenewalException">It runs as another account (<see cref="ErrorId.OtherAccount"/>).</exception>
    public static void RequireThisProcess(RenewalDefinition definition)
    {
        if (!IsThisProcess(definition))
            throw Other(definition, $"this process runs as '{AccountName.Current}'");
    }

    /// <summary>The error of a renewal that cannot run as its account from here.</summary>
    /// <param name="definition">The renewal.</param>
    /// <param name="reason">Why not.</param>
    /// <param name="remedy">What to do; null for the usual remedy.</param>
    internal static RenewalException Other(RenewalDefinition definition, string reason, string? remedy = null) => new(
        ErrorId.OtherAccount, $"'{definition.Name}' runs as '{AccountName.FromDefinition(definition).Display}', and {reason}.", remedy ?? UsualRemedy(definition));

    private static string UsualRemedy(RenewalDefinition definition) => OperatingSystem.IsWindows()
        ? $@"Run its task: Start-ScheduledTask -TaskPath '\{Scheduling.Windows.TaskPath.MachineFolder}\' -TaskName '{definition.Name}'"
        : $"Start its schedule, or run it as that user: Invoke-StepRenewal -Name {definition.Name}";
}
