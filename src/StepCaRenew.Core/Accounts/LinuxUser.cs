using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using StepCaRenew.Processes;

namespace StepCaRenew.Accounts;

/// <summary>An account of this machine, from any of its sources (getpwnam(3)).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its number.</param>
/// <param name="Group">Its primary group.</param>
/// <param name="Home">Its home.</param>
internal sealed record LinuxUser(string Name, uint Id, uint Group, string Home)
{
    /// <summary>The number of the user of this process.</summary>
    public static uint CurrentId => OperatingSystem.IsWindows() ? 0 : UnixAccounts.Current();

    /// <summary>The words to put before a command so that root runs it as this user: setpriv(1) in a new session.</summary>
    public string[] Become => SetPrivileges.Find() is { } programs ? [.. programs.As(this)] : [.. FormattableString.Invariant($"setpriv --reuid={Id} --regid={Group} --init-groups --").Split(' ')];

    /// <summary>Finds an account; null if there is none.</summary>
    public static LinuxUser? Find(string name) => Read(name);

    /// <summary>The user of this process; null if the machine has no such account.</summary>
    public static LinuxUser? Current() => Read(null);

    private static LinuxUser? Read(string? name)
    {
        LinuxUser? found = null;
        if (OperatingSystem.IsLinux())
            UnixAccounts.ReadUser(name, CurrentId, entry => found = FromEntry(Marshal.PtrToStructure<Entry>(entry)));
        return found;
    }

    private static LinuxUser FromEntry(Entry entry) => new(Text(entry.Name), entry.Id, entry.Group, Text(entry.Home));

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? string.Empty;

    /// <summary><c>struct passwd</c> of Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public nint Name;
        public nint Password;
        public uint Id;
        public uint Group;
        public nint Comment;
        public nint Home;
        public nint Shell;
    }
}

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

/// <summary>
/// The programs of util-linux that start a command as another account. The session is a new one before root's rights are gone:
/// a program that has root's terminal as its own could type commands into it (TIOCSTI).
/// </summary>
/// <param name="Session">The path of setsid(1).</param>
/// <param name="Program">The path of setpriv(1).</param>
internal sealed record SetPrivileges(string Session, string Program)
{
    /// <summary>Finds both in the folders of the system, whatever PATH says; null if one is missing.</summary>
    public static SetPrivileges? Find() => Find("setsid") is { } session && Find("setpriv") is { } program ? new(session, program) : null;

    /// <summary>The beginning of a command that runs as an account.</summary>
    public IEnumerable<string> As(LinuxUser user) => string.Create(
        CultureInfo.InvariantCulture, $"{Session} {Program} --reuid={user.Id} --regid={user.Group} --init-groups --inh-caps=-all --").Split(' ');

    private static string? Find(string name) => ProgramFinder.SystemPath.Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
