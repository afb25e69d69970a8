using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace StepCaRenew.Files;

/// <summary>Mode, owner and extended attributes on Linux; POSIX ACLs and SELinux labels are extended attributes.</summary>
[SupportedOSPlatform("linux")]
internal static class LinuxMetadata
{
    private const int ModeMask = 0xFFF;
    private const string Acl = "system.posix_acl_access";

    public static void Copy(string source, string target, SafeFileHandle handle)
    {
        var wanted = LinuxStat.Of(source, followLinks: true) ?? throw FileMetadata.NotKept("mode", source, Marshal.GetLastPInvokeErrorMessage());
        CopyOwner(source, target, handle, wanted);
        var names = AttributeNames(source);
        if (!names.Contains(Acl))
            RemoveAcl(target, handle);
        // After the owner, since chown takes set-user-id bits away; before the ACL, whose mask is the group's mode.
        File.SetUnixFileMode(handle, (UnixFileMode)(wanted.Mode & ModeMask));
        foreach (var name in names)
            CopyAttribute(source, target, handle, name);
    }

    /// <summary>Whether one file has the owner, the mode and the ACL of another one, and no second name.</summary>
    public static bool AreSame(string one, string other) =>
        LinuxStat.Of(one, followLinks: false) is { Links: 1 } here && LinuxStat.Of(other, followLinks: false) is { } there
        && (here.User, here.Group, here.Mode) == (there.User, there.Group, there.Mode)
        && (Read(one, Acl) ?? []).AsSpan().SequenceEqual(Read(other, Acl) ?? []);

    /// <summary>Whether a file has a POSIX ACL.</summary>
    public static bool HasAcl(string path) => Read(path, Acl) is not null;

    private static void CopyOwner(string source, string target, SafeFileHandle handle, LinuxStat wanted)
    {
        var actual = LinuxStat.Of(target, followLinks: false);
        if (actual is not null && actual.User == wanted.User && actual.Group == wanted.Group)
            return;
        if (LinuxNative.ChangeOwner(handle, wanted.User, wanted.Group) != 0)
            throw FileMetadata.NotKept($"owner (user {wanted.User}, group {wanted.Group})", source, Marshal.GetLastPInvokeErrorMessage());
    }

    // A folder with a default ACL gives one to every new file; the mode alone would open a key to whoever it names.
    private static void RemoveAcl(string target, SafeFileHandle handle)
    {
        if (Read(target, Acl) is not null && LinuxNative.RemoveAttribute(handle, Acl) != 0)
            throw FileMetadata.NotKept("absence of a POSIX ACL", target, Marshal.GetLastPInvokeErrorMessage());
    }

    private static string[] AttributeNames(string path)
    {
        var size = LinuxNative.ListAttributes(path, [], 0);
        if (size <= 0)
            return [];
        var buffer = new byte[size];
        size = LinuxNative.ListAttributes(path, buffer, buffer.Length);
        return size <= 0 ? [] : Encoding.UTF8.GetString(buffer, 0, (int)size).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void CopyAttribute(string source, string target, SafeFileHandle handle, string name)
    {
        var wanted = Read(source, name);
        // A label that the folder gives by itself, or that only root sets, is often there already.
        if (wanted is null || (Read(target, name) is { } actual && actual.AsSpan().SequenceEqual(wanted)))
            return;
        if (LinuxNative.SetAttribute(handle, name, wanted, wanted.Length, 0) != 0)
        {
            var what = name == Acl ? "POSIX ACL" : $"attribute {name}";
            throw FileMetadata.NotKept(what, source, Marshal.GetLastPInvokeErrorMessage());
        }
    }

    /// <summary>An attribute of a file; null where it has none.</summary>
    internal static byte[]? Read(string path, string name)
    {
        var size = LinuxNative.GetAttribute(path, name, [], 0);
        if (size < 0)
            return null;
        var buffer = new byte[size];
        size = LinuxNative.GetAttribute(path, name, buffer, buffer.Length);
        return size < 0 ? null : buffer[..(int)size];
    }
}
