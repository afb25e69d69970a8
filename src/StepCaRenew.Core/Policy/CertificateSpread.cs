using System.Buffers.Binary;
using System.Security.Cryptography;

namespace StepCaRenew.Policy;

/// <summary>
/// A number in [0, 1) that is the same at every check of a certificate and evenly distributed over many certificates.
/// </summary>
/// <remarks>
/// <c>step</c> draws a random number at every check instead. A periodic check then acts on the smallest of many draws, and
/// the certificates of a fleet are renewed close together, early (smallstep/certificates issue 350).
/// </remarks>
internal static class CertificateSpread
{
    /// <summary>The spread of a certificate.</summary>
    /// <param name="issuer">The issuer's encoded name.</param>
    /// <param name="serialNumber">The serial number; unique together with the issuer (RFC 5280 section 4.1.2.2).</param>
    public static double ForCertificate(ReadOnlySpan<byte> issuer, ReadOnlySpan<byte> serialNumber)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        // With its length, so that no other issuer and serial number give the same bytes.
        BinaryPrimitives.WriteInt32BigEndian(digest, issuer.Length);
        hash.AppendData(digest[..sizeof(int)]);
        hash.AppendData(issuer);
        hash.AppendData(serialNumber);
        hash.GetHashAndReset(digest);
        return HashShare.FromHash(digest);
    }
}
