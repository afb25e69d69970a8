using System.Globalization;

namespace StepCaRenew.Accounts;

/// <summary>The user of this process. In a container it can be a number without a passwd entry, and so without a name or a home folder.</summary>
internal static class CurrentUser
{
    /// <summary>The name for messages; the number of a user without a name. On Windows by the SID, because SYSTEM's environment names the machine.</summary>
    public static string Name { get; } =
        OperatingSystem.IsWindows() && WindowsAccounts.NameOf(WindowsAccounts.Current()) is { } account ? account[(account.LastIndexOf('\\') + 1)..] :
        Environment.UserName is { Length: > 0 } name ? name : string.Create(CultureInfo.InvariantCulture, $"user {LinuxUser.CurrentId}");

    /// <summary>Whether the user has a home folder. As for .NET and <c>step</c>: HOME, else the passwd entry.</summary>
    public static bool HasHome =>
        !OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } || LinuxUser.Current() is { Home.Length: > 0 };
}
