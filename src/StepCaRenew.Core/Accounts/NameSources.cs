using System.Runtime.Versioning;

namespace StepCaRenew.Accounts;

/// <summary>The sources of the system's users and groups (nsswitch.conf(5), systemd's user records).</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class NameSources(string root)
{
    private static readonly string[] Records = ["etc/userdb", "run/userdb", "run/host/userdb", "usr/lib/userdb", "usr/local/lib/userdb"];

    // Services of systemd whose users have their own numbers and groups.
    private static readonly string[] Harmless =
        ["io.systemd.DynamicUser", "io.systemd.Machine", "io.systemd.Multiplexer", "io.systemd.NameServiceSwitch", "io.systemd.DropIn"];

    /// <summary>Whether it is proved that all users and group members are in /etc/passwd and /etc/group.</summary>
    public bool AreFiles()
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(root, "etc/nsswitch.conf"));
            return IsFiles(lines, "passwd:", isRequired: true) && IsFiles(lines, "group:", isRequired: true) && IsFiles(lines, "initgroups:", isRequired: false)
                && Records.All(folder => Names(folder).Length == 0)
                && Names("run/systemd/userdb").All(Harmless.Contains);
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

    private string?[] Names(string folder)
    {
        var path = Path.Combine(root, folder);
        return Directory.Exists(path) ? [.. Directory.GetFileSystemEntries(path).Select(Path.GetFileName)] : [];
    }
}
