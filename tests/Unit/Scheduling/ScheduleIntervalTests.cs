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
