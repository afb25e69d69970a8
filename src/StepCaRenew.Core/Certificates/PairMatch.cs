using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Whether a certificate and a private key belong together.</summary>
public static class PairMatch
{
    /// <summary>
    /// True where the public keys are equal <b>and</b> a signature made with the private half is verified by it, unless
    /// the public half was worked out from the private one when the key was read.
    /// </summary>
    /// <remarks>It finds a key file whose public half was copied in beside a foreign private half.</remarks>
    /// <param name="certificate">The certificate.</param>
    /// <param name="key">The private key.</param>
    public static bool Matches(X509Certificate2 certificate, PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        ArgumentNullException.ThrowIfNull(key);
        return Matches(certificate.PublicKey.ExportSubjectPublicKeyInfo(), key);
    }

    /// <summary>The same for a public key as a certificate holds it, a DER SubjectPublicKeyInfo.</summary>
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
            // A private half that is no number of this key can't sign at all.
            return false;
        }
    }
}
