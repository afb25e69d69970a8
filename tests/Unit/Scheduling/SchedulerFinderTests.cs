using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Unit.Scheduling;

public sealed class SchedulerFinderTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly SchedulerFinder finder;

    public SchedulerFinderTests() => finder = new(TimeProvider.System, new LinuxPaths
    {
        Booted = folder.At("booted"),
        RuntimeFolder = folder.At("run"),
        CronFolder = folder.At("cron.d"),
        CronDaemons = [folder.At("crond")],
        Crontab = folder.At("crontab"),
    });

    public void Dispose() => folder.Dispose();

    [LinuxFact]
    public void Get_Auto_IsSystemdIfItRuns_ElseCron()
    {
        Expect.Failure(ErrorId.SchedulerUnavailable, () => finder.Require(SchedulerFinder.Auto, RenewalScope.Machine));
        Directory.CreateDirectory(folder.At("cron.d"));
        folder.Write("crond", "");
        Assert.Equal(SchedulerKind.Cron, finder.Require(SchedulerFinder.Auto, RenewalScope.Machine).Kind);
        Directory.CreateDirectory(folder.At("booted"));
        Assert.Equal(SchedulerKind.Systemd, finder.Require(SchedulerFinder.Auto, RenewalScope.Machine).Kind);
        Assert.Equal(SchedulerKind.Cron, finder.Require(SchedulerKind.Cron, RenewalScope.Machine).Kind);
    }

    [LinuxFact]
    public void Require_User_NeedsAManagerOrACrontab()
    {
        Directory.CreateDirectory(folder.At("booted"));
        Assert.Contains("enable-linger", Expect.Failure(ErrorId.SchedulerUnavailable, () => finder.Require(SchedulerKind.Systemd, RenewalScope.CurrentUser)).Remedy, StringComparison.Ordinal);
        Expect.Failure(ErrorId.SchedulerUnavailable, () => finder.Require(SchedulerKind.Cron, RenewalScope.CurrentUser));
        Directory.CreateDirectory(folder.At("run/systemd"));
        Assert.Equal(SchedulerKind.Systemd, finder.Require(SchedulerKind.Systemd, RenewalScope.CurrentUser).Kind);
    }

    [LinuxFact]
    public void Require_TaskScheduler_NeedsWindows() => Expect.Failure(ErrorId.SchedulerUnavailable, () => finder.Require(SchedulerKind.TaskScheduler, RenewalScope.Machine));

    [Fact]
    public void Get_AnyKind_DoesNotNeedTheScheduler()
    {
        var run = SampleRun.Create();
        Assert.Contains("OnCalendar=*:07/15:23", finder.Get(SchedulerKind.Systemd).Render(run), StringComparison.Ordinal);
        Assert.Contains("\n7,22,37,52 * * * * root ", finder.Get(SchedulerKind.Cron).Render(run), StringComparison.Ordinal);
        Expect.Failure(ErrorId.SchedulerUnavailable, () => finder.Get("at"));
    }
}
