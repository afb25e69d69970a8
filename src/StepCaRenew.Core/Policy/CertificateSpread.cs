using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StepCaRenew.Policy;

/// <summary>
/// A number in [0, 1) that belongs to one certificate: the same at every check, and even over many certificates.
/// </summary>
/// <remarks>
/// Drawn anew at every check instead, as the reference does, a periodic check meets the smallest of many draws,
/// and a fleet clumps at the early end (smallstep/certificates issue 350).
/// </remarks>
internal static class CertificateSpread
{
    /// <summary>The spread of a certificate.</summary>
    /// <param name="issuer">The issuer's name as it is encoded.</param>
    /// <param name="serialNumber">The serial number; unique together with the issuer (RFC 5280 section 4.1.2.2).</param>
    public static double Of(ReadOnlySpan<byte> issuer, ReadOnlySpan<byte> serialNumber)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        // The length keeps a byte from moving over from the one to the other.
        BinaryPrimitives.WriteInt32BigEndian(digest, issuer.Length);
        hash.AppendData(digest[..sizeof(int)]);
        hash.AppendData(issuer);
        hash.AppendData(serialNumber);
        hash.GetHashAndReset(digest);
        // 53 bits are what a double holds exactly.
        return (BinaryPrimitives.ReadUInt64BigEndian(digest) >> 11) * (1.0 / (1UL << 53));
    }
}
