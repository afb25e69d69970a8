using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Ca;

/// <summary>The certificates in the CA's answer.</summary>
/// <param name="Leaf">The new leaf.</param>
/// <param name="Chain">The other certificates, the leaf's issuer first.</param>
internal sealed record CaAnswer(X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Chain) : IDisposable
{
    /// <summary>The certificate together with the key that it was issued for.</summary>
    internal KeyedCertificate WithKey(PrivateKey key) => new(Leaf, Chain, key, "the CA's answer");

    /// <inheritdoc/>
    public void Dispose()
    {
        Leaf.Dispose();
        foreach (var certificate in Chain)
            certificate.Dispose();
    }
}
