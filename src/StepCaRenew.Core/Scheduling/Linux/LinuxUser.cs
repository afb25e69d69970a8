using System.Runtime.InteropServices;
using StepCaRenew.Renewals.Accounts;
using StepCaRenew.Safety;

namespace StepCaRenew.Scheduling.Linux;

/// <summary>An account of this machine, from wherever it knows accounts (getpwnam(3)).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its number.</param>
/// <param name="Group">Its first group.</param>
/// <param name="Home">Its home.</param>
internal sealed record LinuxUser(string Name, uint Id, uint Group, string Home)
{
    /// <summary>The number of the user of this process.</summary>
    public static uint CurrentId => OperatingSystem.IsWindows() ? 0 : UnixAccounts.Current();

    /// <summary>The program and its arguments that start a command as this user: setpriv(1) in a session of its own, for root alone.</summary>
    public string[] Become => SetPrivileges.Find() is { } programs ? [.. programs.As(this)] : [.. FormattableString.Invariant($"setpriv --reuid={Id} --regid={Group} --init-groups --").Split(' ')];

    /// <summary>Finds an account; null where there is none.</summary>
    public static LinuxUser? Find(string name) => Read(name);

    /// <summary>The user of this process; null where the machine does not know it.</summary>
    public static LinuxUser? Current() => Read(null);

    private static LinuxUser? Read(string? name)
    {
        LinuxUser? found = null;
        if (OperatingSystem.IsLinux())
            UnixAccounts.ReadUser(name, CurrentId, entry => found = Of(Marshal.PtrToStructure<Entry>(entry)));
        return found;
    }

    private static LinuxUser Of(Entry entry) => new(Text(entry.Name), entry.Id, entry.Group, Text(entry.Home));

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
