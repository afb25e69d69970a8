using System.Security;
using StepCaRenew.Renewals;
using StepCaRenew.Safety;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>Whom a task runs as, in the scheduler's words.</summary>
/// <param name="UserId">The account as the task's XML names it: by its SID if that is known, since not every name can be translated back (Entra ID).</param>
/// <param name="Logon">How it is logged on.</param>
/// <param name="IsElevated">Whether it runs with all that the account may.</param>
/// <param name="Password">The password to keep, if any.</param>
internal sealed record TaskIdentity(string UserId, TaskLogon Logon, bool IsElevated, SecureString? Password = null)
{
    /// <summary>SYSTEM by its SID: its name differs between languages.</summary>
    public const string System = WellKnownSids.System;

    /// <summary>
    /// The account as it is given to the scheduler beside the XML; null to leave it to the XML. An account that is logged on
    /// is given by its name, as all examples have it.
    /// </summary>
    public string? Account { get; init; } = UserId;

    /// <summary>Finds it for a run.</summary>
    /// <exception cref="RenewalException">The account and the schedule don't go together (<see cref="ErrorId.AccountInvalid"/>).</exception>
    public static TaskIdentity ForRun(ScheduledRun run) => (run.Scope, run.Account) switch
    {
        (RenewalScope.Machine, TaskAccount.Machine) => new(System, TaskLogon.ServiceAccount, IsElevated: true),

        // As documented for such accounts: logged on with a password, and none given, since Windows itself knows it.
        (RenewalScope.Machine, TaskAccount.ManagedServiceAccount account) => LoggedOn(account, Managed(account.Name), TaskLogon.Password, isElevated: true),

        // The two other accounts of services have no password either.
        (RenewalScope.Machine, TaskAccount.User { Sid: WellKnownSids.LocalService or WellKnownSids.NetworkService, Sid: { } sid }) => new(sid, TaskLogon.ServiceAccount, IsElevated: true),

        // Without a password there is S4U: it keeps none, and reaches nothing of the network as that user.
        (RenewalScope.Machine, TaskAccount.User user) => LoggedOn(
            user, Named(user.Name), user.Password is null ? TaskLogon.S4U : TaskLogon.Password, isElevated: true, user.Password),

        // S4U would run when the user is logged off, but takes the right to log on as a batch job, which users don't have,
        // and can't open the user's own protected keys, which SChannel needs to use a certificate.
        (RenewalScope.CurrentUser, TaskAccount.Self self) => LoggedOn(self, Named(self.Name), TaskLogon.InteractiveToken, isElevated: false),
        _ => throw new RenewalException(
            ErrorId.AccountInvalid, $"'{run.Account.Display}' can't be the account of a schedule of this scope ({run.Scope}).",
            "A schedule of the machine runs as SYSTEM, a user or a group managed service account; a user's own as that user."),
    };

    // A session that is there already needs no name: the XML says whose it is.
    private static TaskIdentity LoggedOn(TaskAccount account, string name, TaskLogon logon, bool isElevated, SecureString? password = null) =>
        new(account.Sid ?? name, logon, isElevated, password) { Account = logon == TaskLogon.InteractiveToken && account.Sid is not null ? null : name };

    private static string Managed(string name) => name.EndsWith('$') && name.Contains('\\', StringComparison.Ordinal) ? Named(name) : throw new RenewalException(
        ErrorId.AccountInvalid, $"'{name}' is no group managed service account.", @"Give it as DOMAIN\account$, with the dollar sign.");

    private static string Named(string name) => string.IsNullOrWhiteSpace(name)
        ? throw new RenewalException(ErrorId.AccountInvalid, "The account has no name.", @"Give it as DOMAIN\user.")
        : name;
}
