using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Certificates;

/// <summary>Whether a certificate and a private key match.</summary>
internal static class PairMatch
{
    /// <summary>
    /// True if the public keys are equal <b>and</b> a signature of the private key verifies. The signature is not needed if the
    /// public key was computed from the private key when it was read.
    /// </summary>
    /// <remarks>The signature finds a key file whose public and private key are of different pairs.</remarks>
    public static bool Matches(X509Certificate2 certificate, PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(key);
        return Matches(certificate.PublicKey.ExportSubjectPublicKeyInfo(), key);
    }

    /// <summary>The same for the DER SubjectPublicKeyInfo of a certificate.</summary>
    internal static bool Matches(ReadOnlySpan<byte> publicKey, PrivateKey key)
    {
        if (!publicKey.SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            return false;
        if (key.HasDerivedPublicKey)
            return true;
        Span<byte> challenge = stackalloc byte[32];
        RandomNumberGenerator.Fill(challenge);
        try
        {
            return key.Verify(challenge, key.Sign(challenge));
        }
        catch (CryptographicException)
        {
            // An RSA private exponent that does not fit the modulus cannot sign.
            return false;
        }
    }
}
