using System.Runtime.Versioning;
using System.Security.Principal;
using System.Text.RegularExpressions;

namespace StepCaRenew.Accounts;

/// <summary>Accounts of Windows by name and by SID. Tested under Wine only, which has only accounts of this machine.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsAccounts
{
    /// <summary>The SID of a name.</summary>
    /// <exception cref="RenewalException">There is no such account.</exception>
    public static string SidOf(string name) => TrySidOf(name) ?? throw AccountName.Unknown(name, null);

    /// <summary>The SID of a name in any spelling; null if there is no such account, or if its domain cannot be reached.</summary>
    public static string? TrySidOf(string name)
    {
        if (AccountSpelling.IsSid(name))
            return name.ToUpperInvariant();
        try
        {
            return new NTAccount(AccountSpelling.Expand(name, Environment.MachineName)).Translate(typeof(SecurityIdentifier)).Value;
        }
        catch (Exception e) when (e is SystemException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The SID of the account of this process.</summary>
    public static string Current()
    {
        using var identity = WindowsIdentity.GetCurrent();
        return identity.User!.Value;
    }

    /// <summary>The name of that account. For SYSTEM the environment has the name of the machine's account instead.</summary>
    public static string CurrentName() => NameOf(Current()) ?? $@"{Environment.UserDomainName}\{Environment.UserName}";

    /// <summary>The name of the account with a SID; null if Windows does not know it.</summary>
    public static string? NameOf(string sid)
    {
        try
        {
            return new SecurityIdentifier(sid).Translate(typeof(NTAccount)).Value;
        }
        catch (Exception e) when (e is SystemException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>Accounts by name or SID: Task Scheduler can return a name for a SID, and a SID for a name.</summary>
internal static class AccountNames
{
    /// <summary>The SID of an account; null if it has none, or if this is not Windows.</summary>
    public static string? SidOf(string account) =>
        AccountSpelling.IsSid(account) ? account : OperatingSystem.IsWindows() ? WindowsAccounts.TrySidOf(account) : null;

    /// <summary>The user of this process by the environment variables; names of existing tasks of users are made from it.</summary>
    public static string Current() => OperatingSystem.IsWindows() ? $@"{Environment.UserDomainName}\{Environment.UserName}" : Environment.UserName;

    /// <summary>Whether two names or SIDs are the same account. If one has no SID, names without their domain are compared.</summary>
    public static bool AreSame(string one, string other, Func<string, string?> sidOf) =>
        AccountSpelling.AreSame(one, other, sidOf)
        || ((sidOf(one) is null || sidOf(other) is null) && IsNameAlone(one, other) && LastPart(one).Equals(LastPart(other), StringComparison.OrdinalIgnoreCase));

    private static bool IsNameAlone(string one, string other) => one.Contains('\\', StringComparison.Ordinal) != other.Contains('\\', StringComparison.Ordinal);

    private static string LastPart(string account) => account[(account.LastIndexOf('\\') + 1)..];
}

/// <summary>The ways to write an account of Windows: <c>CORP\svc</c>, <c>svc@corp.example</c>, <c>svc</c>, <c>.\svc</c> or its SID.</summary>
internal static partial class AccountSpelling
{
    /// <summary>The name with the machine's name instead of a dot before the backslash, which Windows does not accept.</summary>
    public static string Expand(string name, string machine) => name.StartsWith(@".\", StringComparison.Ordinal) ? $@"{machine}\{name[2..]}" : name;

    /// <summary>Whether a text is a SID.</summary>
    public static bool IsSid(string text) => Sid().IsMatch(text);

    /// <summary>Whether two names or SIDs mean the same account: by their SIDs if both are known, else by their text.</summary>
    /// <param name="one">A name or a SID.</param>
    /// <param name="other">A name or a SID.</param>
    /// <param name="sidOf">The SID of a name; null if it cannot be found.</param>
    public static bool AreSame(string one, string other, Func<string, string?> sidOf)
    {
        if (one.Equals(other, StringComparison.OrdinalIgnoreCase))
            return true;
        return sidOf(one) is { } sid && sid.Equals(sidOf(other), StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"\AS-1(-[0-9]{1,15})+\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Sid();
}
