using System.Runtime.InteropServices;

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
