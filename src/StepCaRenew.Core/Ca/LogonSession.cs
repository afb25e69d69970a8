using System.Runtime.Versioning;
using System.Security.Principal;
using Microsoft.Win32;

namespace StepCaRenew.Ca;

/// <summary>The Windows logon session of a process, and whether SChannel can use a key that is imported in it.</summary>
/// <remarks>
/// A key is imported into the user's key store, which DPAPI protects with the user's password. That fails in a network logon
/// (dotnet/corefx issue 14745, "Access denied"), without a loaded profile (dotnet/runtime issue 59329), and in a logon without
/// a password (S4U). Other obstacles are found when the import fails. Not verified on Windows.
/// </remarks>
/// <param name="Sid">The account.</param>
/// <param name="Groups">The SIDs of the token's groups.</param>
/// <param name="HasProfile">Whether the account's registry hive is loaded.</param>
/// <param name="Runtime">The version of .NET.</param>
internal sealed record LogonSession(string Sid, IReadOnlyCollection<string> Groups, bool HasProfile, Version Runtime)
{
    private const string Network = "S-1-5-2";

    // [MS-DTYP] 2.4.2.4, SERVICE_ASSERTED_IDENTITY: a service logged the account on without a password (S4U).
    private const string ServiceAsserted = "S-1-18-2";

    // SYSTEM, LOCAL SERVICE and NETWORK SERVICE always have a profile and a key store.
    private static readonly string[] Services = ["S-1-5-18", "S-1-5-19", "S-1-5-20"];

    /// <summary>Why a key cannot be imported; null if no reason is known.</summary>
    public string? Obstacle =>
        // dotnet/runtime issue 101090: these versions never delete the container of an imported key.
        Runtime >= new Version(8, 0, 2) && Runtime < new Version(8, 0, 6) ? $".NET {Runtime} leaves every imported key behind"
        : Services.Contains(Sid) ? null
        : Groups.Contains(Network) ? "it is a network logon, as by SSH or PowerShell remoting"
        : Groups.Contains(ServiceAsserted) ? "it was logged on without a password (S4U)"
        : !HasProfile ? "the account's profile is not loaded"
        : null;

    /// <summary>The session of this process.</summary>
    [SupportedOSPlatform("windows")]
    public static LogonSession Read()
    {
        using var identity = WindowsIdentity.GetCurrent();
        var sid = identity.User?.Value ?? string.Empty;
        return new LogonSession(sid, [.. identity.Groups?.Select(group => group.Value) ?? []], IsLoaded(sid), Environment.Version);
    }

    [SupportedOSPlatform("windows")]
    private static bool IsLoaded(string sid)
    {
        try
        {
            using var hive = Registry.Users.OpenSubKey(sid);
            return hive is not null;
        }
        catch (Exception e) when (e is System.Security.SecurityException or UnauthorizedAccessException or IOException)
        {
            // The hive exists, but this account does not have permission to read it.
            return true;
        }
    }
}
