using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>Identifies an action without revealing its arguments.</summary>
internal static class ActionHash
{
    /// <summary>The length in characters.</summary>
    public const int Length = 64;

    /// <summary>SHA-256 over the parts, each with its length, so that different lists never hash the same bytes.</summary>
    public static string Compute(IReadOnlyList<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("stepcarenew-action-1"u8);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
