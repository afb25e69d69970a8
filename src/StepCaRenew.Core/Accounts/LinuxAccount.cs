using System.Text.RegularExpressions;

namespace StepCaRenew.Accounts;

/// <summary>The account of a schedule, as units and cron name it.</summary>
internal static partial class LinuxAccount
{
    /// <summary>The name of the account.</summary>
    /// <exception cref="RenewalException">Linux has no such account, or a unit or a line of cron could not hold its name.</exception>
    public static string NameOf(TaskAccount account) => account switch
    {
        TaskAccount.Machine => "root",
        TaskAccount.Self or TaskAccount.User when Name().IsMatch(account.Display) => account.Display,
        TaskAccount.ManagedServiceAccount => throw Invalid($"'{account.Display}' is a managed service account, which only Windows has.", "Name a user of this machine in -UserId."),
        _ => throw Invalid($"'{account.Display}' is not a user name that a schedule can hold.", "Name a user of this machine in -UserId."),
    };

    /// <summary>Requires that the account exists: cron ignores a file that names an unknown one.</summary>
    /// <exception cref="RenewalException">There is no such user.</exception>
    public static LinuxUser RequireUser(TaskAccount account)
    {
        var name = NameOf(account);
        return LinuxUser.Find(name) ?? throw Invalid($"There is no user '{name}' on this machine.", "Create it, or name another one in -UserId.");
    }

    private static RenewalException Invalid(string message, string remedy) => new(ErrorId.AccountInvalid, message, remedy);

    // systemd.exec(5) allows no more than this.
    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.@-]{0,63}\$?\z")]
    private static partial Regex Name();
}
