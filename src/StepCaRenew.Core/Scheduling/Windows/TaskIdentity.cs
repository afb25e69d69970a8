using System.Security;
using StepCaRenew.Accounts;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>The account of a task, as Task Scheduler needs it.</summary>
/// <param name="UserId">The account in the XML: its SID if that is known, since Windows cannot resolve every name (Entra ID).</param>
/// <param name="Logon">How it is logged on.</param>
/// <param name="IsElevated">Whether it runs with all rights of the account.</param>
/// <param name="Password">The password that the scheduler stores, if any.</param>
internal sealed record TaskIdentity(string UserId, TaskLogon Logon, bool IsElevated, SecureString? Password = null)
{
    /// <summary>The SID of SYSTEM, whose name depends on the language of Windows.</summary>
    public const string System = WellKnownSids.System;

    /// <summary>
    /// The account that is passed to the scheduler with the XML: a name if it is logged on with a password or by S4U, as in
    /// all examples; null to use that of the XML.
    /// </summary>
    public string? Account { get; init; } = UserId;

    /// <summary>The account for a run.</summary>
    /// <exception cref="RenewalException">The account cannot be used for a schedule of this scope (<see cref="ErrorId.AccountInvalid"/>).</exception>
    public static TaskIdentity ForRun(ScheduledRun run) => (run.Scope, run.Account) switch
    {
        (RenewalScope.Machine, TaskAccount.Machine) => new(System, TaskLogon.ServiceAccount, IsElevated: true),

        // As documented for these accounts: logon with a password that is not given, since Windows knows it.
        (RenewalScope.Machine, TaskAccount.ManagedServiceAccount account) => LoggedOn(account, Managed(account.Name), TaskLogon.Password, isElevated: true),

        // The two other service accounts have no password either.
        (RenewalScope.Machine, TaskAccount.User { Sid: WellKnownSids.LocalService or WellKnownSids.NetworkService, Sid: { } sid }) => new(sid, TaskLogon.ServiceAccount, IsElevated: true),

        // Without a password, S4U: Windows stores none, and the run has no network rights of the user.
        (RenewalScope.Machine, TaskAccount.User user) => LoggedOn(
            user, Named(user.Name), user.Password is null ? TaskLogon.S4U : TaskLogon.Password, isElevated: true, user.Password),

        // S4U would also run while the user is logged off, but needs the right to log on as a batch job, which users do not
        // have, and cannot open the protected keys of the user, which SChannel needs for a client certificate.
        (RenewalScope.CurrentUser, TaskAccount.Self self) => LoggedOn(self, Named(self.Name), TaskLogon.InteractiveToken, isElevated: false),
        _ => throw new RenewalException(
            ErrorId.AccountInvalid, $"'{run.Account.Display}' cannot be the account of a schedule of the scope {run.Scope}.",
            "A schedule of the machine runs as SYSTEM, a user or a group managed service account; a schedule of a user as that user."),
    };

    // With the session of a logged-on user, the SID in the XML is enough.
    private static TaskIdentity LoggedOn(TaskAccount account, string name, TaskLogon logon, bool isElevated, SecureString? password = null) =>
        new(account.Sid ?? name, logon, isElevated, password) { Account = logon == TaskLogon.InteractiveToken && account.Sid is not null ? null : name };

    private static string Managed(string name) => name.EndsWith('$') && name.Contains('\\', StringComparison.Ordinal) ? Named(name) : throw new RenewalException(
        ErrorId.AccountInvalid, $"'{name}' is not a group managed service account.", @"Give it as DOMAIN\account$, with the dollar sign.");

    private static string Named(string name) => string.IsNullOrWhiteSpace(name)
        ? throw new RenewalException(ErrorId.AccountInvalid, "The account has no name.", @"Give it as DOMAIN\user.")
        : name;
}

/// <summary>TASK_LOGON_TYPE of taskschd.h.</summary>
internal enum TaskLogon
{
    /// <summary>With a password that the scheduler stores, or that Windows knows.</summary>
    Password = 1,

    /// <summary>Without a password.</summary>
    S4U = 2,

    /// <summary>In the session of the user, while the user is logged on.</summary>
    InteractiveToken = 3,

    /// <summary>A service account, such as SYSTEM; not written into the XML.</summary>
    ServiceAccount = 5,
}

/// <summary>
/// The permissions of a task, and of the folder of the machine's tasks. Nothing is inherited: if others could write a task,
/// they could choose what SYSTEM runs.
/// </summary>
internal static class TaskSecurity
{
    /// <summary>Only SYSTEM and administrators.</summary>
    public const string Folder = "D:P(A;;FA;;;SY)(A;;FA;;;BA)";

    /// <summary>The same, and the account of the task: full access to a task of a user, else read access.</summary>
    public static string DescriptorFor(TaskIdentity identity, Func<string, string?> sidOf) =>
        identity.UserId == TaskIdentity.System || sidOf(identity.UserId) is not { } sid
            ? Folder
            : $"{Folder}(A;;{(identity.Logon == TaskLogon.InteractiveToken ? "FA" : "FR")};;;{sid})";
}
