using StepCaRenew.Scheduling;

namespace StepCaRenew.Unit.Scheduling;

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
