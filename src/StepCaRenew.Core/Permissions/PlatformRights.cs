using StepCaRenew.Accounts;

namespace StepCaRenew.Permissions;

/// <summary>The rights as this platform's file system says them.</summary>
internal static class PlatformRights
{
    public static IRights Make() => OperatingSystem.IsWindows() ? new WindowsRights() : new UnixRights(new PrivateGroups("/"));
}
