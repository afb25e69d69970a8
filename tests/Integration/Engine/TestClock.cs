namespace StepCaRenew.Integration.Engine;

/// <summary>A clock that shows another time, or whose timers and stopwatches run faster, so that no test waits for a timeout.</summary>
/// <param name="offset">How far it is ahead.</param>
/// <param name="speed">How many seconds it counts in one; the time of day stays right.</param>
internal sealed class TestClock(TimeSpan offset = default, double speed = 1) : TimeProvider
{
    private readonly long start = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => start + (long)((System.GetTimestamp() - start) * speed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Faster(dueTime), Faster(period));

    // Minus one millisecond is no time at all, but "never".
    private TimeSpan Faster(TimeSpan time) => time <= TimeSpan.Zero ? time : time / speed;
}
