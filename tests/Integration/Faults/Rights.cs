using System.Runtime.Versioning;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.Integration.Faults;

/// <summary>The rights on a file.</summary>
internal static class Rights
{
    public const string Acl = "system.posix_acl_access";

    /// <summary>Mode, owner, ACL and one attribute.</summary>
    public static string Describe(string path)
    {
        if (!OperatingSystem.IsLinux())
            return "";
        var stat = LinuxStat.TryRead(path, followLinks: true)!;
        return $"{Convert.ToString(stat.Mode & 0xFFF, 8)} {stat.User}:{stat.Group} acl {Attribute(path, Acl)} user.test {Attribute(path, "user.test")}";
    }

    [SupportedOSPlatform("linux")]
    private static string Attribute(string path, string name)
    {
        var buffer = new byte[256];
        var size = (int)LinuxNative.GetAttribute(path, name, buffer, buffer.Length);
        return size < 0 ? "none" : Convert.ToHexString(buffer, 0, size);
    }
}
