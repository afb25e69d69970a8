using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.Scheduling.Systemd;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>A machine of folders with a systemctl that remembers what it is told; no test machine needs systemd.</summary>
internal sealed class FakeSystemctl : IDisposable
{
    private const string Script = """
        #!/bin/sh
        folder=$(dirname "$0")
        [ "$1" = --user ] && { manager=' (user)'; shift; }
        [ "$1" = --no-ask-password ] || { echo 'It would ask for a password.' >&2; exit 64; }
        verb=$2
        shift 2
        for unit; do :; done
        printf '%s%s\n' "$verb" "$manager" >>"$folder/calls"
        [ -e "$folder/fail-$verb" ] && { echo "$verb: the bus is down" >&2; exit 1; }
        case $verb in
            enable) [ -e "$folder/units/$unit" ] || exit 1; : >"$folder/enabled-$unit"; : >"$folder/active-$unit" ;;
            disable) rm -f "$folder/enabled-$unit" ;;
            stop) [ -e "$folder/active-$unit" ] || [ -e "$folder/hanging-$unit" ] || exit 5; rm -f "$folder/active-$unit" "$folder/hanging-$unit" ;;
            reset-failed) [ -e "$folder/failed-$unit" ] || { echo "Unit $unit not loaded." >&2; exit 1; }; rm "$folder/failed-$unit" ;;
            daemon-reload) rm -f "$folder/stale"; ls "$folder/units" >"$folder/loaded" ;;
            start) [ "$(cat "$folder/result")" = success ] || { echo 'Job failed.' >&2; exit 1; } ;;
            show)
                [ -L "$folder/units/$unit" ] && echo LoadState=masked || echo LoadState=loaded
                [ -e "$folder/enabled-$unit" ] && echo UnitFileState=enabled || echo UnitFileState=disabled
                # A run that ends when it has been looked at once.
                if [ -e "$folder/hanging-$unit" ]; then echo ActiveState=activating
                elif [ -e "$folder/running-$unit" ]; then echo ActiveState=activating; mv "$folder/running-$unit" "$folder/failed-$unit"
                elif [ -e "$folder/active-$unit" ]; then echo ActiveState=active
                else echo ActiveState=inactive; fi
                [ -e "$folder/stale" ] && echo NeedDaemonReload=yes || echo NeedDaemonReload=no
                [ ! -e "$folder/result" ] || { printf 'Result=%s\n' "$(cat "$folder/result")"; printf 'ExecMainStatus=%s\n' "$(cat "$folder/status")"; } ;;
        esac
        exit 0
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("stepcarenew-systemd-");

    public FakeSystemctl(RenewalScope scope = RenewalScope.Machine)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is of Linux.");
        Programs.Write(At("systemctl"), Script);
        Programs.Write(At("loginctl"), "#!/bin/sh\necho Linger=$(cat \"$(dirname \"$0\")/linger\")\n");
        File.WriteAllText(At("linger"), "yes");
        Directory.CreateDirectory(At("run/systemd"));
        Run = SampleRuns.Create("web-1.local", scope);
        Units = new(Paths, Run.Name, scope);
    }

    public ScheduledRun Run { get; }

    public SystemdUnits Units { get; }

    public SystemdScheduler Scheduler => new(Paths, Clock);

    /// <summary>The clock of the scheduler.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The units that were there when the files were last read.</summary>
    public string[] Loaded => File.ReadAllLines(At("loaded"));

    public string[] Calls => File.Exists(At("calls")) ? File.ReadAllLines(At("calls")) : [];

    private LinuxPaths Paths => new()
    {
        SystemUnits = At("units"),
        UserUnits = At("units"),
        SystemStamps = At("stamps"),
        UserStamps = At("stamps"),
        Booted = At("run"),
        RuntimeFolder = At("run"),
        Systemctl = At("systemctl"),
        Loginctl = At("loginctl"),
        Root = LinuxUser.CurrentId,
    };

    public string At(string name) => Path.Combine(folder.FullName, name);

    public Task<bool> InstallAsync() => Scheduler.InstallAsync(Run, CancellationToken.None);

    public Task<ScheduleFinding> FindAsync() => Scheduler.FindAsync(Run, CancellationToken.None);

    /// <summary>Changes a file as an editor does.</summary>
    public void Edit(ScheduleFile file, string old, string now)
    {
        var text = File.ReadAllText(file.Path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(file.Path, text.Replace(old, now, StringComparison.Ordinal));
    }

    public void Dispose() => folder.Delete(recursive: true);
}
