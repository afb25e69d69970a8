using System.Security.Cryptography;
using System.Text;
using StepCaRenew.Policy;

namespace StepCaRenew.Scheduling;

/// <summary>
/// The offset of a schedule within its interval, computed from machine and renewal and spread evenly over the interval, so
/// that machines which were set up together do not ask the CA at the same moment.
/// </summary>
internal static class SchedulePhase
{
    /// <summary>The phase of a renewal on a machine.</summary>
    /// <param name="machine">The identifier of the machine; see <see cref="MachineId"/>.</param>
    /// <param name="name">The name of the renewal, in any case.</param>
    /// <param name="interval">The interval.</param>
    /// <returns>Whole seconds, at least zero and below the interval.</returns>
    public static TimeSpan For(string machine, string name, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(name);
        // 0xFF is not valid in UTF-8, so it separates the two.
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(machine), 0xFF, .. Encoding.UTF8.GetBytes(name.ToLowerInvariant())], digest);
        // Scaled, not a remainder: at another interval a machine keeps its relative position.
        return TimeSpan.FromSeconds(Math.Floor(HashShare.FromHash(digest) * Math.Floor(interval.TotalSeconds)));
    }
}
