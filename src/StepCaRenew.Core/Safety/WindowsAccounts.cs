using System.Runtime.Versioning;
using System.Security.Principal;

namespace StepCaRenew.Safety;

/// <summary>Accounts of Windows by name and by SID. Not verified on Windows.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsAccounts
{
    /// <summary>The SID of a name.</summary>
    /// <exception cref="RenewalException">There is no such account.</exception>
    public static string SidOf(string name)
    {
        try
        {
            return ((SecurityIdentifier)new NTAccount(name).Translate(typeof(SecurityIdentifier))).Value;
        }
        catch (Exception e) when (e is IdentityNotMappedException or ArgumentException or System.ComponentModel.Win32Exception)
        {
            throw TrustedAccounts.Unknown(name, e);
        }
    }

    /// <summary>Whom this process acts as.</summary>
    public static string Current()
    {
        using var identity = WindowsIdentity.GetCurrent();
        return identity.User!.Value;
    }

    /// <summary>The name of a SID as a person knows it; null where Windows knows none.</summary>
    public static string? NameOf(string sid)
    {
        try
        {
            return new SecurityIdentifier(sid).Translate(typeof(NTAccount)).Value;
        }
        catch (Exception e) when (e is IdentityNotMappedException or ArgumentException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
