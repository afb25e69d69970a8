using System.Runtime.Versioning;

namespace StepCaRenew.Accounts;

/// <summary>
/// Whether a group has no member but one trusted user. On systems that give every user such a group, umask is 002, and the
/// group's write permission is the user's own.
/// </summary>
/// <remarks>
/// It must be proved from files: no other user has the group as the primary one or is a member, it has no password, and by
/// <see cref="NameSources"/> there are no users but those of /etc/passwd.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal sealed class PrivateGroups(string root)
{
    private readonly Lazy<bool> provable = new(() => new NameSources(root).AreFiles());
    private readonly Lazy<string[][]> users = new(() => Read(root, "etc/passwd"));
    private readonly Lazy<string[][]> groups = new(() => Read(root, "etc/group"));
    private readonly Lazy<string[][]> passwords = new(() => Read(root, "etc/gshadow"));

    /// <summary>Whether it is proved that all members of the group are trusted.</summary>
    public bool IsPrivate(uint group, IReadOnlySet<uint> trusted)
    {
        if (!provable.Value || Fields(groups.Value, 2, $"{group}") is not [{ Length: 4 } line])
            return false;
        var name = line[0];
        return Fields(groups.Value, 0, name).Length == 1
            && Fields(users.Value, 0, name) is [{ Length: 7 } user]
            && user[3] == line[2]
            && uint.TryParse(user[2], out var number) && trusted.Contains(number)
            && Fields(users.Value, 3, line[2]).All(other => other[2] == user[2])
            && IsNobody(line[3], name)
            // Only root can read it. Other users can join a group that has a password or administrators.
            && Fields(passwords.Value, 0, name).All(shadow => shadow is [_, "" or "!" or "!!" or "*", var administrators, var members]
                && IsNobody(administrators, name) && IsNobody(members, name));
    }

    private static bool IsNobody(string members, string but) => members.Split(',').All(member => member == string.Empty || member == but);

    private static string[][] Fields(string[][] lines, int field, string value) => [.. lines.Where(line => line.Length > field && line[field] == value)];

    private static string[][] Read(string root, string file)
    {
        try
        {
            return [.. File.ReadLines(Path.Combine(root, file)).Select(line => line.Trim().Split(':'))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
