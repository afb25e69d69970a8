using System.Buffers.Binary;
using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Text;

namespace StepCaRenew.Permissions;

/// <summary>Reads owner, mode and POSIX ACL.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixRights(PrivateGroups privateGroups) : IRights
{
    private const string AccessAcl = "system.posix_acl_access";
    private const string DefaultAcl = "system.posix_acl_default";

    // On macOS group 80 is that of the administrators; it owns folders such as /Applications.
    private static readonly uint[] AdministratorGroups = OperatingSystem.IsMacOS() ? [0, 80] : [0];

    /// <inheritdoc/>
    public PathEntry GetEntry(string path) => UnixStat.TryRead(path) switch
    {
        (null, null) => PathEntry.Missing,
        ({ IsLink: true }, _) => new PathEntry(PathKind.Link, new FileInfo(path).LinkTarget),
        ({ IsFolder: true }, _) => PathEntry.Folder,
        _ => PathEntry.Other,
    };

    /// <inheritdoc/>
    public IEnumerable<SafetyFinding> Find(string path, PathRole role, TrustedAccounts trusted)
    {
        var (stat, failure) = UnixStat.TryRead(path);
        if (stat is null)
            return failure is null ? [] : [new SafetyFinding(path, $"'{path}' cannot be checked ({failure})", $"ls -ld {ShellWord.Quote(path)}")];
        List<SafetyFinding> found = [];
        if (!trusted.Users.Contains(stat.User))
            found.Add(new SafetyFinding(path, $"'{path}' is owned by '{UnixAccounts.UserName(stat.User)}'", $"chown -h {trusted.UnixOwner} {ShellWord.Quote(path)}"));
        // A link cannot be written. In a sticky folder only the owner of an entry can rename it, and the owners of all parts of a path are checked.
        if (!stat.IsLink && !(role == PathRole.Ancestor && stat.IsSticky))
            found.AddRange(Writers(path, role, stat, trusted));
        return found;
    }

    private IEnumerable<SafetyFinding> Writers(string path, PathRole role, UnixStat stat, TrustedAccounts trusted)
    {
        var bytes = Attribute(path, AccessAcl);
        var acl = bytes is null ? new PosixAcl([], [], stat.GroupMayWrite, stat.OthersMayWrite) : PosixAcl.Parse(bytes);
        if (acl is null)
            return [new SafetyFinding(path, $"'{path}' has a POSIX ACL that cannot be read", $"setfacl -b {ShellWord.Quote(path)}")];
        var owningGroup = acl.OwningGroup && !IsTrusted(stat.Group, trusted)
            ? [new SafetyFinding(path, $"'{path}' can be written by group '{UnixAccounts.GroupName(stat.Group)}' (mode {stat.Octal})", Closing(path, stat, "g"))]
            : Array.Empty<SafetyFinding>();
        var others = acl.Others
            ? [new SafetyFinding(path, $"'{path}' can be written by everyone (mode {stat.Octal}{(role == PathRole.Ancestor ? ", not sticky" : string.Empty)})", Closing(path, stat, "o"))]
            : Array.Empty<SafetyFinding>();
        return
        [
            .. owningGroup, .. others,
            .. Named(path, acl, trusted, "can be written by {0} (POSIX ACL)", "setfacl -b"),
            .. role == PathRole.End && stat.IsFolder ? NewFiles(path, trusted) : [],
        ];
    }

    // The user must not be told to change the mode of /tmp.
    private static string Closing(string path, UnixStat stat, string whom) =>
        stat.IsSticky ? $"use a folder of its own instead of {ShellWord.Quote(path)}" : $"chmod {whom}-w {ShellWord.Quote(path)}";

    // New files in the folder get the default ACL, whatever the umask is.
    private IEnumerable<SafetyFinding> NewFiles(string path, TrustedAccounts trusted)
    {
        if (Attribute(path, DefaultAcl) is not { } bytes)
            return [];
        const string Sentence = "lets {0} write new files in it (default POSIX ACL)";
        var acl = PosixAcl.Parse(bytes) ?? new PosixAcl([], [], false, true);
        return [.. Named(path, acl, trusted, Sentence, "setfacl -k"), .. acl.Others ? [Finding(path, Fill(Sentence, "everyone"), "setfacl -k")] : Array.Empty<SafetyFinding>()];
    }

    private IEnumerable<SafetyFinding> Named(string path, PosixAcl acl, TrustedAccounts trusted, string sentence, string command) =>
    [
        .. acl.Users.Where(user => !trusted.Users.Contains(user)).Select(user => Finding(path, Fill(sentence, $"user '{UnixAccounts.UserName(user)}'"), command)),
        .. acl.Groups.Where(group => !IsTrusted(group, trusted)).Select(group => Finding(path, Fill(sentence, $"group '{UnixAccounts.GroupName(group)}'"), command)),
    ];

    private bool IsTrusted(uint group, TrustedAccounts trusted) =>
        AdministratorGroups.Contains(group) || privateGroups.IsPrivate(group, trusted.Users);

    private static byte[]? Attribute(string path, string name) => OperatingSystem.IsLinux() ? LinuxMetadata.Read(path, name) : null;

    private static string Fill(string sentence, string who) => sentence.Replace("{0}", who, StringComparison.Ordinal);

    private static SafetyFinding Finding(string path, string right, string command) => new(path, $"'{path}' {right}", $"{command} {ShellWord.Quote(path)}");
}

/// <summary>The write permissions of a POSIX ACL: users and groups by their numbers (linux/posix_acl_xattr.h).</summary>
/// <param name="Users">The named users with write permission, after the mask.</param>
/// <param name="Groups">The named groups, likewise.</param>
/// <param name="OwningGroup">Whether the file's group can write. With an ACL, the group's part of the mode is the mask instead.</param>
/// <param name="Others">Whether all other accounts can write.</param>
internal sealed record PosixAcl(IReadOnlyList<uint> Users, IReadOnlyList<uint> Groups, bool OwningGroup, bool Others)
{
    private const uint Version = 2;
    private const int HeaderLength = 4;
    private const int EntryLength = 8;
    private const int Write = 2;

    private enum Tag
    {
        User = 0x02,
        OwningGroup = 0x04,
        Group = 0x08,
        Mask = 0x10,
        Others = 0x20,
    }

    /// <summary>Reads the attribute.</summary>
    /// <returns>Null if the bytes are not an ACL of the supported version.</returns>
    public static PosixAcl? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength || (bytes.Length - HeaderLength) % EntryLength != 0 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Version)
            return null;
        List<(Tag Tag, uint Id)> writers = [];
        var masked = false;
        for (var left = bytes[HeaderLength..]; left.Length > 0; left = left[EntryLength..])
        {
            var tag = (Tag)BinaryPrimitives.ReadUInt16LittleEndian(left);
            var writes = (BinaryPrimitives.ReadUInt16LittleEndian(left[2..]) & Write) != 0;
            masked |= tag == Tag.Mask && !writes;
            if (writes)
                writers.Add((tag, BinaryPrimitives.ReadUInt32LittleEndian(left[4..])));
        }

        // The mask limits all entries but those of the owner and the others.
        var others = writers.Exists(entry => entry.Tag == Tag.Others);
        if (masked)
            writers.Clear();
        return new PosixAcl(Of(Tag.User), Of(Tag.Group), writers.Exists(entry => entry.Tag == Tag.OwningGroup), others);

        uint[] Of(Tag tag) => [.. writers.Where(entry => entry.Tag == tag).Select(entry => entry.Id)];
    }
}
