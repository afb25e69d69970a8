using StepCaRenew.Scheduling;

namespace StepCaRenew.Unit.Scheduling;

public sealed class ScheduleIntervalTests
{
    [Theory]
    [InlineData(24, 15)]
    [InlineData(1, null)]
    [InlineData(1.6, 1)]
    [InlineData(1.599, null)]
    [InlineData(3.2, 2)]
    [InlineData(16, 10)]
    [InlineData(23.9, 10)]
    [InlineData(48, 30)]
    [InlineData(720, 360)]
    [InlineData(2160, 720)]
    [InlineData(100000, 720)]
    public void For_Lifetime_IsTheLongestUpToA96thOfIt(double hours, int? minutes) =>
        Assert.Equal(minutes is null ? null : TimeSpan.FromMinutes(minutes.Value), ScheduleInterval.For(TimeSpan.FromHours(hours)));

    // Else a day or an hour would begin with a run too many or too few.
    [Fact]
    public void All_DivideTheHourOrTheDay() =>
        Assert.All(ScheduleInterval.All, interval => Assert.Equal(0, (interval < TimeSpan.FromHours(1) ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1)).Ticks % interval.Ticks));

    [Fact]
    public void Parse_FormattedInterval_IsTheInterval()
    {
        Assert.Equal(["1m", "2m", "3m", "5m", "10m", "15m", "30m", "1h", "2h", "3h", "4h", "6h", "12h"], ScheduleInterval.All.Select(ScheduleInterval.Format));
        Assert.All(ScheduleInterval.All, interval => Assert.Equal(interval, ScheduleInterval.Parse(ScheduleInterval.Format(interval))));
        Assert.Equal(TimeSpan.FromMinutes(15), ScheduleInterval.Parse("900s"));
    }

    [Theory]
    [InlineData("7m", ErrorId.IntervalInvalid)]
    [InlineData("24h", ErrorId.IntervalInvalid)]
    [InlineData("15", ErrorId.InvalidDuration)]
    [InlineData("-15m", ErrorId.InvalidDuration)]
    public void Parse_OtherText_IsRefused(string text, string errorId) => Assert.Equal(errorId, Assert.Throws<RenewalException>(() => ScheduleInterval.Parse(text)).ErrorId);
}

public sealed class SchedulePhaseTests
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    // A new version must not move every schedule of a fleet.
    [Fact]
    public void For_KnownInput_IsAlwaysTheSame()
    {
        Assert.Equal(TimeSpan.FromSeconds(878), SchedulePhase.For("machine", "web", Quarter));
        Assert.Equal(SchedulePhase.For("machine", "web", Quarter), SchedulePhase.For("machine", "WEB", Quarter));
    }

    [Fact]
    public void For_OtherMachineOrName_IsDifferent()
    {
        Assert.NotEqual(SchedulePhase.For("machine", "web", Quarter), SchedulePhase.For("machine2", "web", Quarter));
        Assert.NotEqual(SchedulePhase.For("machine", "web", Quarter), SchedulePhase.For("machine", "mail", Quarter));
        Assert.NotEqual(SchedulePhase.For("ab", "c", TimeSpan.FromHours(12)), SchedulePhase.For("a", "bc", TimeSpan.FromHours(12)));
    }

    [Fact]
    public void For_ManyMachines_IsEvenOverTheInterval()
    {
        foreach (var interval in ScheduleInterval.All)
        {
            var phases = Enumerable.Range(0, 6000).Select(machine => SchedulePhase.For($"machine-{machine}", "web", interval)).ToList();
            Assert.All(phases, phase => Assert.True(phase >= TimeSpan.Zero && phase < interval && phase.Ticks % TimeSpan.TicksPerSecond == 0));
            // Sixty parts of a hundred each: the binomial deviation is ten, and six of them are out of the question.
            var parts = phases.GroupBy(phase => (int)(60 * phase.TotalSeconds / interval.TotalSeconds)).ToList();
            Assert.Equal(60, parts.Count);
            Assert.All(parts, part => Assert.InRange(part.Count(), 40, 160));
        }
    }
}

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
