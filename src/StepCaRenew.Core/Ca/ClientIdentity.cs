using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Ca;

/// <summary>The client certificate of a TLS handshake.</summary>
/// <param name="Leaf">The leaf with its private key.</param>
/// <param name="Issuers">
/// The certificates between the leaf and its root. A CA with a new intermediate might not have the old one any more.
/// </param>
internal sealed record ClientIdentity(X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Issuers);
