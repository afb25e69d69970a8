using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Cron;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>A cron of folders, and a crontab that keeps one file.</summary>
internal sealed class FakeCron : IDisposable
{
    private const string Script = """
        #!/bin/sh
        file=$(dirname "$0")/tab
        [ "$1" = -l ] && [ -e "$file.refuses" ] && { echo "You (web) are not allowed to use this program (crontab)" >&2; exit 1; }
        case $1 in
            -l) [ -e "$file" ] || { echo 'no crontab for web' >&2; exit 1; }; cat "$file" ;;
            -) cat >"$file.new"; [ -z "$(tail -c 1 "$file.new")" ] || { echo 'missing newline' >&2; exit 1; }; mv "$file.new" "$file" ;;
            -r) rm "$file" ;;
            *) exit 64 ;;
        esac
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("stepcarenew-cron-");

    public FakeCron(RenewalScope scope)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "cron is of Unix.");
        Directory.CreateDirectory(At("cron.d"));
        File.WriteAllText(At("crond"), "");
        Programs.Write(At("crontab"), Script);
        SetProcess("1", "systemd");
        SetProcess("77", "cron");
        Run = SampleRuns.Create("web-1.local", scope);
    }

    public ScheduledRun Run { get; set; }

    public string Tab => At("tab");

    public string CronFile => At("cron.d/stepcarenew-web-1_2elocal");

    public string Place => Run.Scope == RenewalScope.Machine ? CronFile : Tab;

    public CronScheduler Scheduler => new(new LinuxPaths
    {
        CronFolder = At("cron.d"),
        CronDaemons = [At("crond")],
        Crontab = At("crontab"),
        Proc = At("proc"),
        Root = LinuxUser.CurrentId,
    }, TimeProvider.System);

    public string At(string name) => Path.Combine(folder.FullName, name);

    public void SetProcess(string id, string name)
    {
        Directory.CreateDirectory(At($"proc/{id}"));
        File.WriteAllText(At($"proc/{id}/comm"), name + "\n");
    }

    public Task<bool> InstallAsync() => Scheduler.InstallAsync(Run, CancellationToken.None);

    public Task<ScheduleFinding> FindAsync() => Scheduler.FindAsync(Run, CancellationToken.None);

    public void Edit(string old, string now)
    {
        var text = File.ReadAllText(Place);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(Place, text.Replace(old, now, StringComparison.Ordinal));
    }

    public void Dispose() => folder.Delete(recursive: true);
}
