using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;
using StepCaRenew.FileSystem.Native;

namespace StepCaRenew.FileSystem;

/// <summary>
/// Mode, owner and extended attributes on Linux; POSIX ACLs and SELinux labels are extended attributes. They are read from
/// and written to open files, because a path could lead to another file by now.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class LinuxMetadata
{
    private delegate nint AttributeReader(Span<byte> value, nint size);

    public const string Acl = "system.posix_acl_access";

    // Rights of a program that is run from the file, which is never copied.
    private const string Capabilities = "security.capability";

    // Set-user-id, set-group-id and the sticky bit are never copied.
    private const int ModeMask = 0x1FF;
    private const int Writable = 0x92;
    private const int GroupWritable = 0x10;
    private const int OwnerAlone = 0x180;
    private const ushort OwningGroup = 4;

    /// <summary>Gives a new file the owner, the mode and the attributes of another one.</summary>
    /// <param name="source">The other one.</param>
    /// <param name="target">The new file, which does not hold a secret yet.</param>
    /// <param name="path">The path of the other one, for messages.</param>
    /// <exception cref="RenewalException">They cannot be copied (<see cref="ErrorId.PermissionsNotKept"/>).</exception>
    public static void Copy(SafeFileHandle source, SafeFileHandle target, string path)
    {
        var wanted = LinuxStat.Read(source);
        CopyOwner(wanted, target, path);
        var names = AttributeNames(source);
        if (!names.Contains(Acl))
            RemoveAcl(target, path);
        // After the owner, since chown may change the mode; before the ACL, whose mask is the group's mode.
        if (LinuxNative.ChangeMode(target, (uint)(wanted.Mode & ModeMask)) != 0)
            throw FileMetadata.NotKept("mode", path, Marshal.GetLastPInvokeErrorMessage());
        foreach (var name in names.Where(name => name != Capabilities))
            CopyAttribute(source, target, name, path);
    }

    /// <summary>
    /// Makes the owner of the folder the owner of a new file of this module, which only accounts that can write in the folder
    /// can read and write: these could replace the file anyway.
    /// </summary>
    public static void GiveToWriters(SafeFileHandle file, LinuxFolder folder)
    {
        var (mine, its) = (LinuxStat.Read(file), folder.Stat);
        // Only root can change the owner. A file that keeps the account that created it as its owner works as well.
        if ((mine.User, mine.Group) != (its.User, its.Group) && LinuxNative.ChangeOwner(file, its.User, its.Group) != 0 && mine.Group != its.Group)
            _ = LinuxNative.ChangeOwner(file, uint.MaxValue, its.Group);
        var isItsGroup = LinuxStat.Read(file).Group == its.Group;
        if (folder.Acl is { } acl && LinuxNative.SetAttribute(file, Acl, OfWriters(acl, isItsGroup), acl.Length, 0) == 0)
            return;
        if (Read(file, Acl) is not null)
            _ = LinuxNative.RemoveAttribute(file, Acl);
        var writers = its.Mode & (isItsGroup ? Writable : Writable & ~GroupWritable);
        // Read permission goes with write permission.
        if (LinuxNative.ChangeMode(file, (uint)(OwnerAlone | writers | (writers << 1))) != 0)
            throw NativeErrors.ToException(Marshal.GetLastPInvokeError(), folder.Path);
    }

    /// <summary>Whether two files have the same owner, mode and ACL, and the first has no second name.</summary>
    public static bool AreSame(SafeFileHandle one, SafeFileHandle other) =>
        LinuxStat.Read(one) is { Links: 1, IsRegular: true } here && LinuxStat.Read(other) is { IsRegular: true } there
        && (here.User, here.Group, here.Mode) == (there.User, there.Group, there.Mode)
        && (Read(one, Acl) ?? []).AsSpan().SequenceEqual(Read(other, Acl) ?? []);

    /// <summary>An attribute of an open file or folder; null if it has none.</summary>
    internal static byte[]? Read(SafeHandle file, string name) => Read((value, size) => LinuxNative.GetAttribute(file, name, value, size));

    /// <summary>An attribute of a file by its path, for a check that changes nothing; null if it has none.</summary>
    internal static byte[]? Read(string path, string name) => Read((value, size) => LinuxNative.GetAttribute(path, name, value, size));

    private static byte[]? Read(AttributeReader read)
    {
        var size = read([], 0);
        if (size < 0)
            return null;
        var buffer = new byte[size];
        size = read(buffer, buffer.Length);
        return size < 0 ? null : buffer[..(int)size];
    }

    private static void CopyOwner(LinuxStat wanted, SafeFileHandle target, string path)
    {
        var actual = LinuxStat.Read(target);
        if (actual.User == wanted.User && actual.Group == wanted.Group)
            return;
        if (LinuxNative.ChangeOwner(target, wanted.User, wanted.Group) != 0)
            throw FileMetadata.NotKept($"owner (user {wanted.User}, group {wanted.Group})", path, Marshal.GetLastPInvokeErrorMessage());
    }

    // A folder with a default ACL gives one to every new file, and so lets the accounts that it names read a key.
    private static void RemoveAcl(SafeFileHandle target, string path)
    {
        if (Read(target, Acl) is not null && LinuxNative.RemoveAttribute(target, Acl) != 0)
            throw FileMetadata.NotKept("absence of a POSIX ACL", path, Marshal.GetLastPInvokeErrorMessage());
    }

    private static string[] AttributeNames(SafeFileHandle file)
    {
        var size = LinuxNative.ListAttributes(file, [], 0);
        if (size <= 0)
            return [];
        var buffer = new byte[size];
        size = LinuxNative.ListAttributes(file, buffer, buffer.Length);
        return size <= 0 ? [] : Encoding.UTF8.GetString(buffer, 0, (int)size).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void CopyAttribute(SafeFileHandle source, SafeFileHandle target, string name, string path)
    {
        var wanted = Read(source, name);
        // Often the new file has it already: a label that the folder passes on, or one that only root can set.
        if (wanted is null || (Read(target, name) is { } actual && actual.AsSpan().SequenceEqual(wanted)))
            return;
        if (LinuxNative.SetAttribute(target, name, wanted, wanted.Length, 0) != 0)
        {
            var what = name == Acl ? "POSIX ACL" : $"attribute {name}";
            throw FileMetadata.NotKept(what, path, Marshal.GetLastPInvokeErrorMessage());
        }
    }

    // A POSIX ACL is a version (4 bytes) and entries of a kind (2), permissions (2) and an id (4), all little-endian.
    private static byte[] OfWriters(byte[] acl, bool withGroup)
    {
        var result = acl.ToArray();
        for (var entry = result.AsSpan(4); entry.Length >= 8; entry = entry[8..])
        {
            var isOwningGroup = BinaryPrimitives.ReadUInt16LittleEndian(entry) == OwningGroup;
            var canWrite = (BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]) & 2) != 0;
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], (ushort)(canWrite && (withGroup || !isOwningGroup) ? 6 : 0));
        }

        return result;
    }
}
