using System.Runtime.Versioning;

namespace StepCaRenew.Accounts;

/// <summary>
/// Whether a group has no member but one trusted user. On systems that give every user such a group, umask is 002, and the
/// group's write permission is the user's own.
/// </summary>
/// <remarks>
/// It must be proved from files: no other user has the group as the primary one or is a member, it has no password, and by
/// the system's configuration there are no users but those of /etc/passwd.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal sealed class PrivateGroups(string root)
{
    // Folders of systemd's user records.
    private static readonly string[] Records = ["etc/userdb", "run/userdb", "run/host/userdb", "usr/lib/userdb", "usr/local/lib/userdb"];

    // Services of systemd whose users have their own numbers and groups.
    private static readonly string[] Harmless =
        ["io.systemd.DynamicUser", "io.systemd.Machine", "io.systemd.Multiplexer", "io.systemd.NameServiceSwitch", "io.systemd.DropIn"];

    private readonly Lazy<bool> provable = new(() => AreAllInFiles(root));
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

    // Whether it is proved that all users and group members are in /etc/passwd and /etc/group (nsswitch.conf(5), systemd's user records).
    private static bool AreAllInFiles(string root)
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(root, "etc/nsswitch.conf"));
            return IsFiles(lines, "passwd:", isRequired: true) && IsFiles(lines, "group:", isRequired: true) && IsFiles(lines, "initgroups:", isRequired: false)
                && Records.All(folder => Names(root, folder).Length == 0)
                && Names(root, "run/systemd/userdb").All(Harmless.Contains);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsFiles(string[] lines, string database, bool isRequired)
    {
        var named = lines.Select(line => line.Split('#')[0].Trim()).Where(line => line.StartsWith(database, StringComparison.Ordinal)).ToArray();
        // A directory (ldap, sss, winbind) can add users to the group that are in no file.
        return (named.Length > 0 || !isRequired)
            && named.All(line => line[database.Length..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).All(source => source is "files" or "systemd"));
    }

    private static string?[] Names(string root, string folder)
    {
        var path = Path.Combine(root, folder);
        return Directory.Exists(path) ? [.. Directory.GetFileSystemEntries(path).Select(Path.GetFileName)] : [];
    }
}
