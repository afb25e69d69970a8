using StepCaRenew.Safety;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>Accounts by name or SID, since the scheduler gives back the one for the other.</summary>
internal static class AccountNames
{
    /// <summary>The SID of an account; null if it has none, or if this is not Windows.</summary>
    public static string? SidOf(string account) =>
        AccountSpelling.IsSid(account) ? account : OperatingSystem.IsWindows() ? WindowsAccounts.TrySidOf(account) : null;

    /// <summary>The user who runs this, as the environment says it: the name of that user's own task holds it since the first version.</summary>
    public static string Current() => OperatingSystem.IsWindows() ? $@"{Environment.UserDomainName}\{Environment.UserName}" : Environment.UserName;

    /// <summary>Whether two are the same account. By letters alone if one of them has no SID: then the scheduler may have left out the domain.</summary>
    public static bool AreSame(string one, string other, Func<string, string?> sidOf) =>
        AccountSpelling.AreSame(one, other, sidOf)
        || ((sidOf(one) is null || sidOf(other) is null) && IsNameAlone(one, other) && LastPart(one).Equals(LastPart(other), StringComparison.OrdinalIgnoreCase));

    private static bool IsNameAlone(string one, string other) => one.Contains('\\', StringComparison.Ordinal) != other.Contains('\\', StringComparison.Ordinal);

    private static string LastPart(string account) => account[(account.LastIndexOf('\\') + 1)..];
}
