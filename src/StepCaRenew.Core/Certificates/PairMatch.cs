using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>Whether a certificate and a private key belong together.</summary>
public static class PairMatch
{
    /// <summary>
    /// True where the public keys are equal <b>and</b> a signature made with the private key is verified by the certificate.
    /// </summary>
    /// <remarks>The signature finds a key file whose public half was copied in beside a foreign private half.</remarks>
    /// <param name="certificate">The certificate.</param>
    /// <param name="key">The private key.</param>
    public static bool Matches(X509Certificate2 certificate, PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo()))
            return false;
        Span<byte> challenge = stackalloc byte[32];
        RandomNumberGenerator.Fill(challenge);
        try
        {
            return PrivateKey.Verify(certificate, challenge, key.Sign(challenge));
        }
        catch (CryptographicException)
        {
            // A private half that is no number of this key can't sign at all.
            return false;
        }
    }
}
