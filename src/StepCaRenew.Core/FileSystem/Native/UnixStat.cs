using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.FileSystem.Native;

/// <summary>Owner and mode of a path, links not followed unless asked for.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed record UnixStat(uint User, uint Group, ushort Mode)
{
    private const int TypeMask = 0xF000;
    private const int NoEntry = 2;
    private const int NotAFolder = 20;

    public bool IsFolder => (Mode & TypeMask) == 0x4000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;

    /// <summary>Whether only an entry's owner may rename or delete it.</summary>
    public bool IsSticky => IsFolder && (Mode & 0x200) != 0;

    public bool GroupMayWrite => (Mode & 0x10) != 0;

    public bool OthersMayWrite => (Mode & 0x2) != 0;

    /// <summary>The rights as chmod takes them.</summary>
    public string Octal => Convert.ToString(Mode & 0xFFF, 8).PadLeft(4, '0');

    /// <summary>Looks at a path.</summary>
    /// <returns>Null, and why: null as well where there is nothing.</returns>
    public static (UnixStat? Stat, string? Failure) TryRead(string path, bool followLinks = false)
    {
        if (OperatingSystem.IsLinux() && LinuxStat.TryRead(path, followLinks) is { } stat)
            return (new UnixStat(stat.User, stat.Group, stat.Mode), null);
        if (OperatingSystem.IsMacOS() && MacStat.TryRead(path, followLinks) is { } onMac)
            return (onMac, null);
        return (null, Marshal.GetLastPInvokeError() is NoEntry or NotAFolder ? null : Marshal.GetLastPInvokeErrorMessage());
    }
}
