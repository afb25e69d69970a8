using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.FileSystem.Native;

/// <summary>The owner and mode of a path. Links are followed only on request.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed record UnixStat(uint User, uint Group, ushort Mode)
{
    private const int TypeMask = 0xF000;
    private const int NotAFolder = 20;

    public bool IsFolder => (Mode & TypeMask) == 0x4000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;

    /// <summary>Whether only the owner of an entry can rename or delete it.</summary>
    public bool IsSticky => IsFolder && (Mode & 0x200) != 0;

    public bool GroupMayWrite => (Mode & 0x10) != 0;

    public bool OthersMayWrite => (Mode & 0x2) != 0;

    /// <summary>The mode as chmod takes it.</summary>
    public string Octal => Convert.ToString(Mode & 0xFFF, 8).PadLeft(4, '0');

    /// <summary>Reads them by path.</summary>
    /// <returns>Null and the reason; both are null if the path does not exist.</returns>
    public static (UnixStat? Stat, string? Failure) TryRead(string path, bool followLinks = false)
    {
        if (OperatingSystem.IsLinux() && LinuxStat.TryRead(path, followLinks) is { } stat)
            return (new UnixStat(stat.User, stat.Group, stat.Mode), null);
        if (OperatingSystem.IsMacOS() && MacStat.TryRead(path, followLinks) is { } onMac)
            return (onMac, null);
        return (null, Marshal.GetLastPInvokeError() is NativeErrors.NoEntry or NotAFolder ? null : Marshal.GetLastPInvokeErrorMessage());
    }
}
