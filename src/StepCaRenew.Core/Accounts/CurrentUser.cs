using System.Globalization;

namespace StepCaRenew.Accounts;

/// <summary>The user of this process. In a container it may be any number, which no passwd entry gives a name or a home folder.</summary>
internal static class CurrentUser
{
    /// <summary>The name, for messages; the number of a user without a name. On Windows it is that of the SID: SYSTEM's environment names the machine.</summary>
    public static string Name { get; } =
        OperatingSystem.IsWindows() && WindowsAccounts.NameOf(WindowsAccounts.Current()) is { } account ? account[(account.LastIndexOf('\\') + 1)..] :
        Environment.UserName is { Length: > 0 } name ? name : string.Create(CultureInfo.InvariantCulture, $"user {LinuxUser.CurrentId}");

    /// <summary>Whether there is a home folder, by the rule of .NET and <c>step</c>: HOME, else the passwd entry.</summary>
    public static bool HasHome =>
        !OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } || LinuxUser.Current() is { Home.Length: > 0 };
}
