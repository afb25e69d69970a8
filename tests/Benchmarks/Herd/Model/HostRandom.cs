using System.Buffers.Binary;

namespace StepCaRenew.Benchmarks.Herd.Model;

/// <summary>
/// The random numbers of one host: the same for the same seed, on every machine and with any number of threads.
/// </summary>
/// <remarks>
/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). The platform's seeded
/// generator costs more to make than a host needs of it, and near seeds give it near numbers.
/// </remarks>
/// <param name="seed">The seed of the run.</param>
/// <param name="host">The host's number.</param>
internal sealed class HostRandom(long seed, long host)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    // Mixed first, so that the hosts' streams don't lie one step apart.
    private ulong state = Mix(Mix((ulong)seed * Step + 1) + (ulong)host * Step);

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number of at least zero and below the limit.</summary>
    /// <param name="limit">The limit; above zero.</param>
    public int Below(int limit) => (int)(NextDouble() * limit);

    /// <summary>A duration of at least zero and below the limit.</summary>
    /// <param name="limit">The limit; above zero.</param>
    public TimeSpan Below(TimeSpan limit) => TimeSpan.FromTicks((long)(NextDouble() * limit.Ticks));

    /// <summary>Writes 16 random bytes, the length of step-ca's serial numbers and of machine ids.</summary>
    /// <param name="bytes">Where to write them.</param>
    public void Fill16(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, NextBits());
        BinaryPrimitives.WriteUInt64BigEndian(bytes[sizeof(ulong)..], NextBits());
    }

    private ulong NextBits() => Mix(state += Step);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
