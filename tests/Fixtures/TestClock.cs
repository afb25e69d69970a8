namespace StepCaRenew.Fixtures;

/// <summary>A clock that shows another time, or whose timers and stopwatches run faster, so that no test waits for a timeout.</summary>
/// <param name="offset">The difference to the real time.</param>
/// <param name="speed">How many seconds it counts in one.</param>
internal sealed class TestClock(TimeSpan offset = default, double speed = 1) : TimeProvider
{
    private readonly object turning = new();
    private (long Real, long Shown, double Speed) since = (System.GetTimestamp(), System.GetTimestamp(), speed);

    /// <summary>
    /// How many seconds it counts in one, from now on; timers keep what they began with. The time of day stays right.
    /// Fast for what is to time out, and no faster for what is to succeed: a busy machine takes its time.
    /// </summary>
    public double Speed
    {
        get
        {
            lock (turning)
                return since.Speed;
        }

        set
        {
            lock (turning)
                since = (System.GetTimestamp(), GetTimestamp(), value);
        }
    }

    /// <summary>The difference of the time of day to the system's.</summary>
    public TimeSpan Offset { get; set; } = offset;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;

    public override long GetTimestamp()
    {
        lock (turning)
            return since.Shown + (long)((System.GetTimestamp() - since.Real) * since.Speed);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Faster(dueTime), Faster(period));

    // Minus one millisecond means "never".
    private TimeSpan Faster(TimeSpan time) => time <= TimeSpan.Zero ? time : time / Speed;
}
