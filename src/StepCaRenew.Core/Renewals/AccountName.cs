using StepCaRenew.Safety;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>The account of a run, as a definition names it.</summary>
public static class AccountName
{
    /// <summary>The account of a name.</summary>
    /// <param name="runAs">The name; null for the usual account of the scope.</param>
    /// <param name="scope">The scope.</param>
    internal static TaskAccount Parse(string? runAs, RenewalScope scope) =>
        runAs is null ? scope == RenewalScope.Machine ? TaskAccount.OfMachine : new TaskAccount.Self(Current)
        : runAs.EndsWith('$') ? new TaskAccount.ManagedServiceAccount(runAs)
        : new TaskAccount.User(runAs);

    /// <summary>The name of an account; null for the usual one of its scope.</summary>
    /// <param name="account">The account.</param>
    internal static string? Of(TaskAccount account) => account is TaskAccount.Machine or TaskAccount.Self ? null : account.Display;

    /// <summary>The user that runs this; DOMAIN\user on Windows.</summary>
    public static string Current => OperatingSystem.IsWindows() ? $@"{Environment.UserDomainName}\{Environment.UserName}" : CurrentUser.Name;
}
