using StepCaRenew.Scheduling;

namespace StepCaRenew.Unit.Scheduling;

public sealed class StartDelayTests
{
    // All renewals of a machine, and all machines after a power cut, would start in the same second.
    [Fact]
    public void For_AllPhases_IsSpreadOverTwoMinutes()
    {
        var delays = Enumerable.Range(0, 900).Select(second => StartDelay.For(SampleRun.Create() with { Phase = TimeSpan.FromSeconds(second) })).ToList();
        Assert.Equal(Enumerable.Range(0, 120).Select(second => TimeSpan.FromSeconds(second)), delays.Distinct().Order());
        Assert.All(delays.GroupBy(delay => delay), same => Assert.InRange(same.Count(), 7, 8));
        Assert.Equal(TimeSpan.FromSeconds(83), StartDelay.For(SampleRun.Create()));
    }
}
