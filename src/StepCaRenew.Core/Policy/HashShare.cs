using System.Buffers.Binary;

namespace StepCaRenew.Policy;

/// <summary>Turns a hash into a number in [0, 1), evenly distributed over many hashes.</summary>
internal static class HashShare
{
    /// <summary>The number of a hash of at least 8 bytes; it never changes, since schedules and due times depend on it.</summary>
    public static double FromHash(ReadOnlySpan<byte> hash)
    {
        // A double holds 53 bits exactly.
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}
