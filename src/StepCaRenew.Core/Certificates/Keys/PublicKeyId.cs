using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates.Keys;

/// <summary>The id of a public key: SHA-256 of its SubjectPublicKeyInfo, in lower-case hexadecimal.</summary>
internal static class PublicKeyId
{
    /// <summary>The id of a certificate's public key.</summary>
    public static string Compute(X509Certificate2 certificate) => Hash(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>The id of the public key of a private key.</summary>
    public static string Compute(PrivateKey key) => Hash(key.ExportSubjectPublicKeyInfo());

    private static string Hash(byte[] spki) => Convert.ToHexString(SHA256.HashData(spki)).ToLowerInvariant();
}
