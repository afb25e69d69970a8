using System.Security.Principal;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>Accounts by name or SID, since the scheduler gives back the one for the other.</summary>
internal static class AccountNames
{
    private const string SidStart = "S-1-";

    /// <summary>The SID of an account; null where it has none, or off Windows.</summary>
    public static string? SidOf(string account)
    {
        if (account.StartsWith(SidStart, StringComparison.OrdinalIgnoreCase))
            return account;
        if (!OperatingSystem.IsWindows())
            return null;
        try
        {
            return new NTAccount(account).Translate(typeof(SecurityIdentifier)).Value;
        }
        catch (SystemException)
        {
            return null; // There is no such account, or its domain can't be reached.
        }
    }

    /// <summary>The user who runs this: DOMAIN\user on Windows.</summary>
    public static string Current() => OperatingSystem.IsWindows() ? $@"{Environment.UserDomainName}\{Environment.UserName}" : Environment.UserName;

    /// <summary>Whether two are the same account.</summary>
    public static bool AreSame(string one, string other, Func<string, string?> sidOf) =>
        one.Equals(other, StringComparison.OrdinalIgnoreCase)
        || (sidOf(one) is { } sid && sid.Equals(sidOf(other), StringComparison.OrdinalIgnoreCase))
        || (IsNameAlone(one, other) && LastPart(one).Equals(LastPart(other), StringComparison.OrdinalIgnoreCase));

    // The scheduler may leave out the machine's name.
    private static bool IsNameAlone(string one, string other) => one.Contains('\\', StringComparison.Ordinal) != other.Contains('\\', StringComparison.Ordinal);

    private static string LastPart(string account) => account[(account.LastIndexOf('\\') + 1)..];
}
