using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Unit.Scheduling.Windows;

public sealed class WindowsTaskSchedulerTests
{
    private const string Path = @"\StepCaRenew\web";

    private readonly FakeTaskStore store = new();
    private readonly InstantClock clock = new(DateTimeOffset.UnixEpoch);
    private readonly WindowsTaskScheduler scheduler;

    public WindowsTaskSchedulerTests() =>
        scheduler = new WindowsTaskScheduler(store, clock, Samples.User, account => account == Samples.User ? "S-1-5-21-1" : null);

    [Fact]
    public async Task Install_Twice_WritesOnce()
    {
        Assert.True(await scheduler.InstallAsync(Samples.Machine, default));
        Assert.False(await scheduler.InstallAsync(Samples.Machine, default));
        Assert.Equal([$"read {Path}", $"write {Path}", $"read {Path}"], store.Calls);
        var finding = await scheduler.FindAsync(Samples.Machine, default);
        Assert.True(finding.IsHealthy);
        Assert.Equal("PT15M from 2020-01-01T00:07:23Z, BootTrigger PT1M23S", finding.Description);
    }

    [Fact]
    public async Task Install_OverAnAlteredTask_CorrectsIt_AndDeletesNothing()
    {
        store.Tasks[Path] = scheduler.Render(Samples.Machine).Replace("PT15M", "PT30M", StringComparison.Ordinal);
        Assert.Equal(["The interval is 30 minutes instead of 15 minutes."], (await scheduler.FindAsync(Samples.Machine, default)).Differences);
        Assert.True(await scheduler.InstallAsync(Samples.Machine, default));
        Assert.True((await scheduler.FindAsync(Samples.Machine, default)).IsHealthy);
        Assert.DoesNotContain(store.Calls, call => call.StartsWith("delete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Install_OverDamagedXml_ReplacesIt()
    {
        store.Tasks[Path] = "<Task";
        Assert.Null((await scheduler.FindAsync(Samples.Machine, default)).Description);
        Assert.True(await scheduler.InstallAsync(Samples.Machine, default));
    }

    [Fact]
    public async Task Install_WithAPassword_AlwaysWrites_AndTheXmlHasNoPassword()
    {
        using var password = TaskXmlTests.Password("hunter2");
        var run = Samples.Machine with { Account = new TaskAccount.User(Samples.User, password) };
        Assert.True(await scheduler.InstallAsync(run, default));
        Assert.True(await scheduler.InstallAsync(run, default));
        Assert.Equal("hunter2", store.Password);
        Assert.DoesNotContain("hunter2", store.Tasks[Path], StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", $"{TaskIdentity.ForRun(run)}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindChanges_IsWhatInstallWouldChange_AndWritesNothing()
    {
        using var password = TaskXmlTests.Password("hunter2");
        var run = Samples.Machine with { Account = new TaskAccount.User(Samples.User, password) };
        Assert.Equal(["There is no schedule."], await scheduler.FindChangesAsync(run, default));
        Assert.Empty(store.Tasks);
        await scheduler.InstallAsync(run, default);
        Assert.Equal([$"The password of {Samples.User} is stored again."], await scheduler.FindChangesAsync(run, default));
        await scheduler.InstallAsync(Samples.Machine, default);
        Assert.Empty(await scheduler.FindChangesAsync(Samples.Machine, default));
    }

    [Fact]
    public async Task Install_EachScope_SetsThePermissions()
    {
        await scheduler.InstallAsync(Samples.Machine, default);
        Assert.Equal("D:P(A;;FA;;;SY)(A;;FA;;;BA)", store.Security);
        await scheduler.InstallAsync(Samples.Machine with { Account = new TaskAccount.User(Samples.User) }, default);
        Assert.Equal("D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;S-1-5-21-1)", store.Security);
        await scheduler.InstallAsync(Samples.Own, default);
        Assert.Equal("D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;S-1-5-21-1)", store.Security);
    }

    [Fact]
    public async Task Find_WithoutATask_ReturnsNone() => Assert.Same(ScheduleFinding.None, await scheduler.FindAsync(Samples.Machine, default));

    [Fact]
    public async Task Remove_EachScope_ReturnsWhetherThereWasATask()
    {
        await scheduler.InstallAsync(Samples.Machine, default);
        await scheduler.InstallAsync(Samples.Own, default);
        Assert.True(await scheduler.RemoveAsync("web", RenewalScope.CurrentUser, default));
        Assert.False(await scheduler.RemoveAsync("web", RenewalScope.CurrentUser, default));
        Assert.Equal([Path], store.Tasks.Keys);
        Assert.True(await scheduler.RemoveAsync("web", RenewalScope.Machine, default));
    }

    [Theory]
    [InlineData("web", @"\StepCaRenew\web", @"\StepCaRenew-web (CORP+alice)")]
    [InlineData("a.b_c", @"\StepCaRenew\a.b_c", @"\StepCaRenew-a.b_c (CORP+alice)")]
    [InlineData("web.", @"\StepCaRenew\web.~", @"\StepCaRenew-web.~ (CORP+alice)")]
    public void Path_AnyName_IsAPathThatWindowsKeeps(string name, string machine, string own)
    {
        Assert.Equal(machine, TaskPath.ForRenewal(name, RenewalScope.Machine, Samples.User).Full);
        Assert.Equal(own, TaskPath.ForRenewal(name, RenewalScope.CurrentUser, Samples.User).Full);
    }

    [Fact]
    public async Task Install_OnAnotherSystem_Fails_ButRenderWorks()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "This is Windows.");
        var here = new WindowsTaskScheduler(TimeProvider.System);
        Assert.Equal(SchedulerKind.TaskScheduler, here.Kind);
        Assert.Equal(Samples.Xml(Samples.Machine), here.Render(Samples.Machine));
        await Expect.FailureAsync(ErrorId.SchedulerUnavailable, () => here.InstallAsync(Samples.Machine, default));
        await Expect.FailureAsync(ErrorId.SchedulerUnavailable, () => here.RemoveAsync("web", RenewalScope.Machine, default));
    }

    [Fact]
    public async Task Find_StoreFails_ErrorNamesTheTask()
    {
        store.Failure = new UnauthorizedAccessException();
        var e = await Expect.FailureAsync(ErrorId.AdministratorRequired, () => scheduler.InstallAsync(Samples.Machine, default));
        Assert.Contains(Path, e.Message, StringComparison.Ordinal);
        Assert.Same(store.Failure, e.InnerException);
    }

    [Fact]
    public async Task Find_Cancelled_IsNotAnErrorOfTheScheduler()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scheduler.FindAsync(Samples.Machine, cancelled.Token));
        Assert.Empty(store.Calls);
    }
}
