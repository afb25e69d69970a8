using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StepCaRenew.Actions;

/// <summary>Names an action without saying what it is.</summary>
internal static class ActionHash
{
    /// <summary>How many characters a hash has.</summary>
    public const int Length = 64;

    /// <summary>SHA-256 over the parts, each with its length, so that no two lists run together.</summary>
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
