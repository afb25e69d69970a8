using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.StepCa;

/// <summary>What a client shows of itself in the TLS handshake.</summary>
/// <param name="Leaf">The leaf with its private key.</param>
/// <param name="Issuers">
/// The certificates between the leaf and its root: a CA that has a new intermediate no longer knows the old one.
/// </param>
public sealed record ClientIdentity(X509Certificate2 Leaf, IReadOnlyList<X509Certificate2> Issuers);
