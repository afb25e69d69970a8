using System.Buffers.Binary;

namespace StepCaRenew.FileSystem;

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
