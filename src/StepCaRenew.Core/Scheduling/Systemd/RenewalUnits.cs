using System.Globalization;
using System.Text;
using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Writes the service of a renewal: one run to its end.</summary>
internal static class ServiceUnit
{
    public static string Render(ScheduledRun run)
    {
        var isMachine = run.Scope == RenewalScope.Machine;
        var unit = new StringBuilder(FileMark.ForRenewal(run.Name));
        unit.Append("[Unit]\n").Append($"Description={UnitQuoting.Description(run.Description)}\n");
        // The manager of a user does not know this target.
        if (isMachine)
            unit.Append("Wants=network-online.target\nAfter=network-online.target\n");
        // Several starts by hand must not make systemd refuse the next scheduled one.
        unit.Append("StartLimitIntervalSec=0\n");

        unit.Append("\n[Service]\nType=oneshot\n");
        // Also for root: User= sets HOME, without which pwsh creates a new folder at every run.
        if (isMachine)
            unit.Append($"User={LinuxAccount.NameOf(run.Account)}\n");
        foreach (var (name, value) in run.Variables)
            unit.Append($"Environment={UnitQuoting.Word($"{name}={value}")}\n");
        unit.Append($"ExecStart={UnitQuoting.Command(run.Command)}\n");
        unit.Append(System.Globalization.CultureInfo.InvariantCulture, $"TimeoutStartSec={run.TimeLimit.TotalSeconds:0}s\n");
        unit.Append("UMask=0022\n");
        foreach (var line in Hardening.SettingsFor(run))
            unit.Append(line).Append('\n');
        return unit.ToString();
    }
}

/// <summary>Writes the timer of a renewal.</summary>
internal static class TimerUnit
{
    // OnActiveSec makes up for runs that were missed while the machine was off, with one run soon after the timers start,
    // spread by the phase. Persistent would start all missed renewals in the same second; so would OnBootSec on a machine
    // that boots slowly. Without AccuracySec, systemd would delay a run by up to a minute.
    public static string Render(ScheduledRun run) => $"""
        {FileMark.ForRenewal(run.Name)}[Unit]
        Description={UnitQuoting.Description(run.Description)}

        [Timer]
        OnCalendar={OnCalendar.Render(run.Interval, run.Phase)}
        OnActiveSec={run.StartDelay.TotalSeconds:0}s
        Persistent=false
        AccuracySec=1s
        Unit={UnitName.Service(run.Name)}

        [Install]
        WantedBy=timers.target

        """;
}

/// <summary>Interval and phase as a calendar event of systemd.time(7).</summary>
internal static class OnCalendar
{
    public static string Render(TimeSpan interval, TimeSpan phase)
    {
        var (hours, minutes) = (Repeat(phase.Hours, interval.TotalHours), Repeat(phase.Minutes, interval.TotalMinutes));
        return interval < TimeSpan.FromHours(1)
            ? string.Create(CultureInfo.InvariantCulture, $"*:{minutes}:{phase.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{hours}:{phase.Minutes:00}:{phase.Seconds:00}");
    }

    // "07/15" begins at 7 and ends with the hour, or the day, which every interval divides.
    private static string Repeat(int first, double every) =>
        every <= 1 ? "*" : string.Create(CultureInfo.InvariantCulture, $"{first:00}/{every:0}");
}

/// <summary>The restrictions of a service: as many as .NET, and programs that run after a renewal, work with.</summary>
/// <remarks>
/// Without MemoryDenyWriteExecute, since .NET compiles at run time. Homes are not hidden, since keys, passwords, pwsh and the
/// module can be in one; ProtectSystem=strict makes them read-only.
/// </remarks>
internal static class Hardening
{
    // These need only a filter of system calls, so they also work in the manager of a user.
    private static readonly string[] Everywhere = ["NoNewPrivileges=yes", "LockPersonality=yes", "RestrictRealtime=yes"];

    // These need a mount namespace or a capability; in the manager of a user the run would fail.
    private static readonly string[] Machine = ["ProtectKernelTunables=yes", "ProtectKernelModules=yes", "ProtectKernelLogs=yes"];

    // Programs that run after a renewal could need these: a container engine needs control groups, an installer
    // set-group-id folders.
    private static readonly string[] WithoutPrograms =
        ["ProtectControlGroups=yes", "ProtectClock=yes", "ProtectHostname=yes", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK"];

    // To keep owner and mode (chown, fowner), to work in the folder of another user (dac), and to send a signal to a process
    // of another user (kill).
    private const string Rights = "CapabilityBoundingSet=CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_KILL";

    private static readonly string[] TemporaryFolders = ["/tmp", "/var/tmp"];

    public static IEnumerable<string> SettingsFor(ScheduledRun run)
    {
        var (isMachine, isAlone) = (run.Scope == RenewalScope.Machine, !run.RunsPrograms);
        return
        [
            .. Everywhere,
            .. isAlone ? ["RestrictSUIDSGID=yes", "RestrictNamespaces=yes"] : Array.Empty<string>(),
            .. isMachine ? [.. Machine, .. Folders(run)] : Array.Empty<string>(),
            .. isMachine && isAlone ? [.. WithoutPrograms, Rights] : Array.Empty<string>(),
        ];
    }

    private static IEnumerable<string> Folders(ScheduledRun run)
    {
        yield return run.RunsPrograms ? "ProtectSystem=full" : "ProtectSystem=strict";
        var folders = run.WritableFolders.Distinct(StringComparer.Ordinal).ToList();
        if (!run.RunsPrograms)
        {
            // A private temporary folder would hide files that the run needs.
            if (TemporaryFolders.Any(folder => IsUsed(run, folder)))
                folders.AddRange(TemporaryFolders);
            else
                yield return "PrivateTmp=yes";
        }

        foreach (var folder in folders)
            yield return $"ReadWritePaths={UnitQuoting.FolderWord(folder)}";
    }

    private static bool IsUsed(ScheduledRun run, string folder)
    {
        var below = folder + "/";
        return run.WritableFolders.Concat(run.ReadFiles).Append(run.Command.Program).Append(run.Home ?? string.Empty).Any(path => path == folder || path.StartsWith(below, StringComparison.Ordinal))
            || run.Command.Arguments.Any(argument => argument.Contains($"'{below}", StringComparison.Ordinal));
    }
}
