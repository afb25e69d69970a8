using StepCaRenew.Accounts;

namespace StepCaRenew.Scheduling.Linux;

/// <summary>The files and programs of schedulers on Linux; tests use folders of their own.</summary>
internal sealed record LinuxPaths
{
    /// <summary>The administrator's units of the machine.</summary>
    public string SystemUnits { get; init; } = "/etc/systemd/system";

    /// <summary>The user's own units.</summary>
    public string UserUnits { get; init; } = Path.Combine(ConfigurationHome, "systemd", "user");

    /// <summary>The folders with units, in the order of their precedence.</summary>
    public IReadOnlyList<string> UnitFolders { get; init; } =
        ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    /// <summary>Exists if systemd runs the machine (sd_booted(3)).</summary>
    public string Booted { get; init; } = "/run/systemd/system";

    /// <summary>The folder of the user below /run, in which systemctl --user finds the manager of the user.</summary>
    public string RuntimeFolder { get; init; } = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } named ? named : $"/run/user/{LinuxUser.CurrentId}";

    /// <summary>When each timer of the machine last elapsed, for systemd to find missed runs.</summary>
    public string SystemStamps { get; init; } = "/var/lib/systemd/timers";

    /// <summary>The same for the user's timers.</summary>
    public string UserStamps { get; init; } = Path.Combine(DataHome, "systemd", "timers");

    /// <summary>systemctl.</summary>
    public string Systemctl { get; init; } = "systemctl";

    /// <summary>loginctl.</summary>
    public string Loginctl { get; init; } = "loginctl";

    /// <summary>The folder of cron with one file for each package.</summary>
    public string CronFolder { get; init; } = "/etc/cron.d";

    /// <summary>The machine's own crontab.</summary>
    public string SystemCrontab { get; init; } = "/etc/crontab";

    /// <summary>The folders of the users' crontabs: Debian's, then that of cronie and busybox.</summary>
    public IReadOnlyList<string> CronSpools { get; init; } = ["/var/spool/cron/crontabs", "/var/spool/cron"];

    /// <summary>The programs of the usual cron daemons.</summary>
    public IReadOnlyList<string> CronDaemons { get; init; } = ["/usr/sbin/cron", "/usr/sbin/crond", "/usr/bin/crond", "/sbin/crond"];

    /// <summary>The program that reads and writes the user's crontab.</summary>
    public string Crontab { get; init; } = "crontab";

    /// <summary>The proc file system.</summary>
    public string Proc { get; init; } = "/proc";

    /// <summary>The user that files of the machine must belong to.</summary>
    public uint Root { get; init; }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string ConfigurationHome => Variable("XDG_CONFIG_HOME") ?? Path.Combine(Home, ".config");

    private static string DataHome => Variable("XDG_DATA_HOME") ?? Path.Combine(Home, ".local", "share");

    // The specification says that relative paths are to be ignored.
    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { } value && Path.IsPathFullyQualified(value) ? value : null;
}
