using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Servers;

/// <summary>The certificates that a server shows. None of them was verified.</summary>
/// <param name="Leaf">Its own certificate.</param>
/// <param name="Others">The other certificates in the order of the server; usually the issuers.</param>
internal sealed record ServedChain(X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Others) : IDisposable
{
    public void Dispose()
    {
        Leaf.Dispose();
        foreach (var other in Others)
            other.Dispose();
    }
}
