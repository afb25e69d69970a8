using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>What decides how a CA takes a renewal token, and what its refusal means.</summary>
public sealed record TokenFacts
{
    /// <summary>Whether the certificate has expired.</summary>
    public bool IsExpired { get; init; }

    /// <summary>The extended key usage that the certificate lacks and that some version of the CA wants; null if none.</summary>
    public string? MissingUsage { get; init; }

    /// <summary>The facts of a certificate.</summary>
    /// <param name="leaf">The certificate.</param>
    /// <param name="isExpired">Whether it has expired.</param>
    internal static TokenFacts FromCertificate(X509Certificate2 leaf, bool isExpired) => new()
    {
        IsExpired = isExpired,
        MissingUsage = !ExtendedKeyUsage.AllowsClientAuth(leaf) ? ExtendedKeyUsage.ClientAuthName
            : !ExtendedKeyUsage.AllowsServerAuth(leaf) ? ExtendedKeyUsage.ServerAuthName
            : null,
    };
}
