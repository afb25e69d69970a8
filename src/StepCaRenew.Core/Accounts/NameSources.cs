using System.Runtime.Versioning;

namespace StepCaRenew.Accounts;

/// <summary>Where the system takes its users and groups from (nsswitch.conf(5), systemd's user records).</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class NameSources(string root)
{
    private static readonly string[] Records = ["etc/userdb", "run/userdb", "run/host/userdb", "usr/lib/userdb", "usr/local/lib/userdb"];

    // Services of systemd whose users have numbers, and groups, of their own.
    private static readonly string[] Harmless =
        ["io.systemd.DynamicUser", "io.systemd.Machine", "io.systemd.Multiplexer", "io.systemd.NameServiceSwitch", "io.systemd.DropIn"];

    /// <summary>Whether all users that can belong to a group of a person are in /etc/passwd and /etc/group, as far as can be proved.</summary>
    public bool AreFiles()
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(root, "etc/nsswitch.conf"));
            return IsFiles(lines, "passwd:", demanded: true) && IsFiles(lines, "group:", demanded: true) && IsFiles(lines, "initgroups:", demanded: false)
                && Records.All(folder => Names(folder).Length == 0)
                && Names("run/systemd/userdb").All(Harmless.Contains);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsFiles(string[] lines, string database, bool demanded)
    {
        var named = lines.Select(line => line.Split('#')[0].Trim()).Where(line => line.StartsWith(database, StringComparison.Ordinal)).ToArray();
        // A directory (ldap, sss, winbind) can give the group to users that no file names.
        return (named.Length > 0 || !demanded)
            && named.All(line => line[database.Length..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).All(source => source is "files" or "systemd"));
    }

    private string?[] Names(string folder)
    {
        var path = Path.Combine(root, folder);
        return Directory.Exists(path) ? [.. Directory.GetFileSystemEntries(path).Select(Path.GetFileName)] : [];
    }
}
