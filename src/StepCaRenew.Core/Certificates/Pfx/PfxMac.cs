using System.Formats.Asn1;
using System.Security.Cryptography;

namespace StepCaRenew.Certificates.Pfx;

/// <summary>The MAC of a PFX file, by which its password is known to be right (RFC 7292 section 4).</summary>
/// <param name="hash">The hash.</param>
/// <param name="iterations">The iteration count.</param>
internal sealed class PfxMac(HashAlgorithmName hash, int iterations, byte[] salt, byte[] digest)
{
    /// <summary>The hash.</summary>
    public HashAlgorithmName Hash => hash;

    /// <summary>The iteration count.</summary>
    public int Iterations => iterations;

    /// <summary>Reads a MacData.</summary>
    /// <exception cref="AsnContentException">The bytes are damaged.</exception>
    /// <exception cref="RenewalException">The MAC is not supported.</exception>
    public static PfxMac Read(AsnReader data, IterationLimit limit, string path)
    {
        var info = data.ReadSequence();
        var oid = info.ReadSequence().ReadObjectIdentifier();
        var (digest, salt) = (info.ReadOctetString(), data.ReadOctetString());
        var hash = oid switch
        {
            "1.3.14.3.2.26" => HashAlgorithmName.SHA1,
            "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
            "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
            "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
            "1.2.840.113549.1.5.14" => throw PfxErrors.Unsupported(path, "its MAC is PBMAC1"),
            _ => throw PfxErrors.Unsupported(path, $"its MAC uses the hash {oid}"),
        };
        return new PfxMac(hash, data.HasData ? limit.Read(data) : 1, salt, digest);
    }

    /// <summary>Whether the content was protected with this password.</summary>
    public bool Verify(PfxPassword password, ReadOnlySpan<byte> content)
    {
        var secret = password.ToBmp();
        using var empty = IncrementalHash.CreateHash(hash);
        var key = Pkcs12Kdf.Derive(hash, Pkcs12Kdf.Mac, secret, salt, iterations, empty.HashLengthInBytes);
        using var mac = IncrementalHash.CreateHMAC(hash, key);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(key);
        mac.AppendData(content);
        return CryptographicOperations.FixedTimeEquals(mac.GetHashAndReset(), digest);
    }
}
