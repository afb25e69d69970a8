using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Clients;

/// <summary>Runs at fixed times of the wall clock.</summary>
internal static class Timetable
{
    /// <summary>
    /// How long it takes at most from a scheduler's moment to the program's request. A guess, even over its whole width;
    /// it is the same for all clients that a scheduler starts, and decides nothing but the busiest second.
    /// </summary>
    public static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(2);

    /// <summary>The first run that is not before a moment.</summary>
    /// <param name="moment">The moment; not negative.</param>
    /// <param name="interval">From run to run.</param>
    /// <param name="phase">Where within the interval; at least zero, below the interval.</param>
    public static TimeSpan At(TimeSpan moment, TimeSpan interval, TimeSpan phase)
    {
        var intervals = (moment.Ticks - phase.Ticks + interval.Ticks - 1) / interval.Ticks;
        return TimeSpan.FromTicks(intervals * interval.Ticks + phase.Ticks);
    }

    /// <summary>The first run that is after a moment.</summary>
    /// <param name="moment">The moment; not negative.</param>
    /// <param name="interval">From run to run.</param>
    /// <param name="phase">Where within the interval; at least zero, below the interval.</param>
    public static TimeSpan After(TimeSpan moment, TimeSpan interval, TimeSpan phase) => At(moment + TimeSpan.FromTicks(1), interval, phase);

    /// <summary>When a program that was started now asks the CA.</summary>
    /// <param name="run">When the scheduler starts it.</param>
    /// <param name="random">The host's random numbers.</param>
    public static TimeSpan RequestOf(TimeSpan run, HostRandom random) => run + random.Below(LongestStart);
}
