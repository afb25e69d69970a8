namespace StepCaRenew.Accounts;

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
