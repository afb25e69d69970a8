using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Policy;

/// <summary>The data of a certificate that the policy needs.</summary>
/// <param name="NotBefore">The first moment of its validity.</param>
/// <param name="NotAfter">The last moment of its validity.</param>
/// <param name="Spread">See <see cref="CertificateSpread"/>.</param>
internal sealed record CertificateValidity(DateTimeOffset NotBefore, DateTimeOffset NotAfter, double Spread)
{
    /// <summary>The whole validity.</summary>
    public TimeSpan Lifetime => NotAfter - NotBefore;

    /// <summary>The data of a certificate, as moments: local time, in which .NET gives them, has an hour twice in autumn.</summary>
    public static CertificateValidity FromCertificate(X509Certificate2 certificate) => new(
        certificate.NotBefore, certificate.NotAfter, CertificateSpread.ForCertificate(certificate.IssuerName.RawData, certificate.SerialNumberBytes.Span));

    /// <summary>The moment of the validity that is nearest to a time. OpenSSL rejects a certificate at the very moment of its end.</summary>
    public DateTimeOffset NearestMoment(DateTimeOffset now) => now < NotBefore ? NotBefore : now < NotAfter ? now : NotAfter.AddSeconds(-1);

    /// <summary>The share of the lifetime that is over, in percent: below 0 before the validity, above 100 after it.</summary>
    public double ElapsedPercent(DateTimeOffset now) =>
        Lifetime > TimeSpan.Zero ? 100.0 * (now - NotBefore).Ticks / Lifetime.Ticks : 100.0;
}

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
