using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Clients;

/// <summary>The tries of one run of this module while the CA is away.</summary>
internal sealed class RetryTrain
{
    private readonly TimeSpan start;
    private readonly TimeSpan[] offsets;
    private int tries = 1;

    private RetryTrain(TimeSpan start, TimeSpan[] offsets) => (this.start, this.offsets) = (start, offsets);

    /// <summary>Draws the tries of one run.</summary>
    /// <param name="start">When its first try failed.</param>
    /// <param name="interval">The schedule's interval.</param>
    /// <param name="random">The host's random numbers.</param>
    public static RetryTrain Draw(TimeSpan start, TimeSpan interval, HostRandom random)
    {
        var all = RetryOffsets.ForInterval(interval);
        return new RetryTrain(start, all[random.Below(all.Count)]);
    }

    /// <summary>The time of the next try; null if the run gives up.</summary>
    public TimeSpan? Next() => tries < offsets.Length ? start + offsets[tries++] : null;
}
