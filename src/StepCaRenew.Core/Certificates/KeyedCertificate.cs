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
