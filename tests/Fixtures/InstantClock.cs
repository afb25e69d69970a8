using Microsoft.Extensions.Time.Testing;

namespace StepCaRenew.Fixtures;

/// <summary>A clock on which every wait ends at once and advances the time by its length.</summary>
internal sealed class InstantClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly List<TimeSpan> waits = [];

    public IReadOnlyList<TimeSpan> Waits => waits;

    /// <summary>Called before each wait.</summary>
    public Action OnWait { get; set; } = () => { };

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        waits.Add(dueTime);
        OnWait();
        Advance(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
