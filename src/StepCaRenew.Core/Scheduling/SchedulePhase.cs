using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StepCaRenew.Scheduling;

/// <summary>
/// Where within its interval a schedule runs: a function of machine and renewal, even over the whole interval. Hosts
/// that were provisioned together spread out so; a random delay shorter than the interval would only move the clump.
/// </summary>
public static class SchedulePhase
{
    /// <summary>The phase of a renewal on a machine.</summary>
    /// <param name="machine">What tells this machine from others; see <see cref="MachineId"/>.</param>
    /// <param name="name">The renewal's name; its case does not count.</param>
    /// <param name="interval">The interval.</param>
    /// <returns>Whole seconds, at least zero and below the interval.</returns>
    public static TimeSpan For(string machine, string name, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(name);
        // A byte that no text holds keeps the two apart.
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(machine), 0xFF, .. Encoding.UTF8.GetBytes(name.ToLowerInvariant())], digest);
        // Scaled and not a remainder: a longer interval moves every host by its own share.
        var share = (BinaryPrimitives.ReadUInt64BigEndian(digest) >> 11) * (1.0 / (1UL << 53));
        return TimeSpan.FromSeconds(Math.Floor(share * Math.Floor(interval.TotalSeconds)));
    }
}
