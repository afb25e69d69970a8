using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.Ca.Tokens;

/// <summary>Facts of a certificate that explain why a CA refuses its renewal token.</summary>
internal sealed record TokenFacts
{
    /// <summary>Whether the certificate has expired.</summary>
    public bool IsExpired { get; init; }

    /// <summary>An extended key usage that the certificate lacks and that some versions of step-ca require; null if none.</summary>
    public string? MissingUsage { get; init; }

    internal static TokenFacts FromCertificate(X509Certificate2 leaf, bool isExpired) => new()
    {
        IsExpired = isExpired,
        MissingUsage = !ExtendedKeyUsage.AllowsClientAuth(leaf) ? ExtendedKeyUsage.ClientAuthName
            : !ExtendedKeyUsage.AllowsServerAuth(leaf) ? ExtendedKeyUsage.ServerAuthName
            : null,
    };
}
