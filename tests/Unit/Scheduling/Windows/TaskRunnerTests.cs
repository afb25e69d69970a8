using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Unit.Scheduling.Windows;

public sealed class TaskRunnerTests
{
    private const double Yesterday = 46000;
    private const double Today = 46001;
    private const int Running = 0x00041301;
    private const int Queued = 0x00041325;

    private readonly FakeTaskStore store = new();
    private readonly InstantClock clock = new(DateTimeOffset.UnixEpoch);
    private readonly WindowsTaskScheduler scheduler;

    public TaskRunnerTests() => scheduler = new WindowsTaskScheduler(store, clock, Samples.User, _ => null);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(unchecked((int)0xE0434352))]
    public async Task RunAsync_AfterAnEarlierRun_ReturnsTheExitCodeOfThisRun(int code)
    {
        Will(new(false, Yesterday, 77), new(false, Yesterday, 77), new(true, Today, Running), new(false, Today, Queued), new(true, Today, Running), new(false, Today, code));
        Assert.Equal(code, await scheduler.RunNowAsync(Samples.Machine, default));
        Assert.Single(store.Calls, @"start \StepCaRenew\web");
    }

    [Fact]
    public async Task RunAsync_ShortRun_IsFoundByItsTime()
    {
        Will(new(false, Yesterday, 0), new(false, Today, 1));
        Assert.Equal(1, await scheduler.RunNowAsync(Samples.Machine, default));
    }

    [Fact]
    public async Task RunAsync_DuringAnEarlierRun_WaitsForIt()
    {
        Will(new(true, Yesterday, Running), new(true, Yesterday, Running), new(false, Yesterday, 0), new(true, Today, Running), new(false, Today, 3));
        Assert.Equal(3, await scheduler.RunNowAsync(Samples.Machine, default));
        Assert.Equal(3, store.Calls.IndexOf(@"start \StepCaRenew\web"));
    }

    [Fact]
    public async Task RunAsync_NeverStarts_Fails()
    {
        Will(new TaskActivity(false, Yesterday, 0));
        var e = await Expect.FailureAsync(ErrorId.SchedulerFailed, () => scheduler.RunNowAsync(Samples.Machine, default));
        Assert.Contains("was not started", e.Message, StringComparison.Ordinal);
        Assert.InRange(Waited, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
    }

    [Fact]
    public async Task RunAsync_DoesNotEnd_FailsAfterItsTimeLimit()
    {
        Will(new(false, Yesterday, 0), new(true, Today, Running));
        var e = await Expect.FailureAsync(ErrorId.SchedulerFailed, () => scheduler.RunNowAsync(Samples.Machine with { TimeLimit = TimeSpan.FromMinutes(5) }, default));
        Assert.Contains("did not end in time", e.Message, StringComparison.Ordinal);
        Assert.InRange(Waited, TimeSpan.FromMinutes(6), TimeSpan.FromSeconds(361));
    }

    [Theory]
    [InlineData(unchecked((int)0x80070002), ErrorId.SchedulerFailed)]
    [InlineData(unchecked((int)0x80070005), ErrorId.AdministratorRequired)]
    [InlineData(unchecked((int)0x8007052E), ErrorId.AccountInvalid)]
    [InlineData(0x00041306, ErrorId.SchedulerFailed)]
    public async Task RunAsync_ResultOfTheScheduler_Fails(int code, string errorId)
    {
        Will(new(false, Yesterday, 0), new(false, Today, code));
        await Expect.FailureAsync(errorId, () => scheduler.RunNowAsync(Samples.Machine, default));
    }

    private TimeSpan Waited => clock.Waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait);

    private void Will(params TaskActivity[] activities) => Array.ForEach(activities, store.Activities.Enqueue);
}
