using System.Text.RegularExpressions;

namespace StepCaRenew.Accounts;

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
