using StepCaRenew.Scheduling.Systemd;

namespace StepCaRenew.Unit.Scheduling.Systemd;

public sealed class OnCalendarTests
{
    [Theory]
    [InlineData("00:01:00", "00:00:23", "*:*:23")]
    [InlineData("00:02:00", "00:01:05", "*:01/2:05")]
    [InlineData("00:03:00", "00:02:59", "*:02/3:59")]
    [InlineData("00:05:00", "00:04:00", "*:04/5:00")]
    [InlineData("00:10:00", "00:00:00", "*:00/10:00")]
    [InlineData("00:15:00", "00:07:23", "*:07/15:23")]
    [InlineData("00:30:00", "00:29:59", "*:29/30:59")]
    [InlineData("01:00:00", "00:07:23", "*:07:23")]
    [InlineData("02:00:00", "01:07:23", "01/2:07:23")]
    [InlineData("03:00:00", "02:59:59", "02/3:59:59")]
    [InlineData("04:00:00", "00:00:01", "00/4:00:01")]
    [InlineData("06:00:00", "05:30:00", "05/6:30:00")]
    [InlineData("12:00:00", "11:59:59", "11/12:59:59")]
    public void Render_IntervalAndPhase_IsACalendarEvent(string interval, string phase, string expected) =>
        Assert.Equal(expected, OnCalendar.Render(TimeSpan.Parse(interval), TimeSpan.Parse(phase)));
}
