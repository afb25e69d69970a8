using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.StepCa;

/// <summary>The certificates that the CA answered with.</summary>
/// <param name="Leaf">The new leaf.</param>
/// <param name="Chain">Its issuers, the nearest first.</param>
public sealed record CaAnswer(X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Chain) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Leaf.Dispose();
        foreach (var certificate in Chain)
            certificate.Dispose();
    }
}
