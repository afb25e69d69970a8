using StepCaRenew.Accounts;

namespace StepCaRenew.Permissions;

/// <summary>Makes the reader of this platform's permissions.</summary>
internal static class PlatformRights
{
    public static IRights Make() => OperatingSystem.IsWindows() ? new WindowsRights() : new UnixRights(new PrivateGroups("/"));
}
