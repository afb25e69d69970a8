using System.Runtime.Versioning;
using System.Security.Principal;

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
