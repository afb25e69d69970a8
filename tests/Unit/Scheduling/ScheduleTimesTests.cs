using StepCaRenew.Scheduling;

namespace StepCaRenew.Unit.Scheduling;

public sealed class ScheduleTimesTests
{
    // Local time, whatever zone the tests run in.
    private static readonly DateTime Day = new(2026, 11, 28, 0, 0, 0, DateTimeKind.Local);

    [Theory]
    [InlineData("12:00:00", "12:07:23")]
    [InlineData("12:07:22", "12:07:23")]
    [InlineData("12:07:23", "12:22:23")]
    [InlineData("00:00:00", "00:07:23")]
    [InlineData("23:59:59", "1.00:07:23")]
    public void NextAfter_Systemd_IsTheNextOfItsTimes(string now, string next) =>
        Assert.Equal(Day + TimeSpan.Parse(next, null), ScheduleTimes.NextAfter(SampleRun.Create(), SchedulerKind.Systemd, new DateTimeOffset(Day + TimeSpan.Parse(now, null))));

    [Fact]
    public void NextAfter_Cron_HasNoSeconds() =>
        Assert.Equal(Day.AddMinutes(12 * 60 + 7), ScheduleTimes.NextAfter(SampleRun.Create(), SchedulerKind.Cron, new DateTimeOffset(Day.AddHours(12))));

    [Theory]
    [MemberData(nameof(SampleRun.Times), MemberType = typeof(SampleRun))]
    public void NextAfter_AnyTime_IsAtMostOneIntervalAway_AndItsOwnSuccessorIsOneIntervalLater(TimeSpan interval, TimeSpan phase)
    {
        var run = SampleRun.Create() with { Interval = interval, Phase = phase };
        for (var now = new DateTimeOffset(Day); now < new DateTimeOffset(Day.AddDays(1)); now += TimeSpan.FromMinutes(37))
        {
            var next = ScheduleTimes.NextAfter(run, SchedulerKind.Systemd, now);
            Assert.InRange(next - now.LocalDateTime, TimeSpan.FromTicks(1), interval);
            Assert.Equal(next + interval, ScheduleTimes.NextAfter(run, SchedulerKind.Systemd, new DateTimeOffset(next)));
        }
    }

    [Fact]
    public void NextAfter_TaskScheduler_CountsInUtc()
    {
        var run = SampleRun.Create() with { Interval = TimeSpan.FromHours(12), Phase = TimeSpan.FromHours(1) };
        var next = ScheduleTimes.NextAfter(run, SchedulerKind.TaskScheduler, new DateTimeOffset(2026, 11, 28, 2, 0, 0, TimeSpan.Zero));
        Assert.Equal(new DateTime(2026, 11, 28, 13, 0, 0, DateTimeKind.Utc), next.ToUniversalTime());
    }
}
