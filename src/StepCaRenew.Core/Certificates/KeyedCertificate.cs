using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Policy;

namespace StepCaRenew.Certificates;

/// <summary>
/// A certificate with its chain and its private key in memory: what mTLS and tokens need, and what the CA's answer and its
/// key make. It owns none of them; the object that decoded them disposes them.
/// </summary>
internal sealed class KeyedCertificate
{
    private readonly Func<IReadOnlyList<X509Certificate2>> readChain;

    /// <summary>Puts a certificate and its key together; they need not match.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="chain">Its issuers, the leaf's issuer first.</param>
    /// <param name="key">The private key.</param>
    /// <param name="source">The origin of the certificate, for messages: the path of its file, or the CA.</param>
    public KeyedCertificate(X509Certificate2 leaf, IReadOnlyList<X509Certificate2> chain, PrivateKey key, string source)
        : this(leaf, () => chain, key, source)
    {
    }

    /// <inheritdoc cref="KeyedCertificate(X509Certificate2, IReadOnlyList{X509Certificate2}, PrivateKey, string)"/>
    public KeyedCertificate(X509Certificate2 leaf, Func<IReadOnlyList<X509Certificate2>> readChain, PrivateKey key, string source) =>
        (Leaf, this.readChain, Key, Source) = (leaf, readChain, key, source);

    /// <summary>The leaf, without the key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>The issuers, the leaf's issuer first.</summary>
    /// <exception cref="RenewalException">The source holds a damaged issuer.</exception>
    public IReadOnlyList<X509Certificate2> Chain => readChain();

    /// <summary>The issuers; none if one is damaged. A damaged issuer must not prevent a renewal, which replaces all of them.</summary>
    public IReadOnlyList<X509Certificate2> ReadableChain
    {
        get
        {
            try
            {
                return Chain;
            }
            catch (RenewalException)
            {
                return [];
            }
        }
    }

    /// <summary>The private key.</summary>
    public PrivateKey Key { get; }

    /// <summary>The origin of the certificate, for messages.</summary>
    public string Source { get; }

    /// <summary>The data of the leaf that the renewal policy needs.</summary>
    public CertificateValidity Validity => CertificateValidity.FromCertificate(Leaf);

    /// <summary>Whether the certificate and the key match.</summary>
    public bool Matches => PairMatch.Matches(Leaf, Key);
}

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
