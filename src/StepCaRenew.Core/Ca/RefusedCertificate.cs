using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;

namespace StepCaRenew.Ca;

/// <summary>Explains why a CA refused a certificate in the TLS handshake, from the chains of both.</summary>
/// <param name="certificate">The refused certificate.</param>
/// <param name="roots">The trusted roots.</param>
/// <param name="serverIssuers">The issuers of the CA's TLS certificate, DER, its present intermediate first.</param>
internal sealed class RefusedCertificate(KeyedCertificate certificate, TrustedRoots roots, IReadOnlyList<byte[]> serverIssuers)
{
    /// <summary>Whether the CA refused the certificate for a reason that may be its chain.</summary>
    public static bool IsRefusal(RenewalException e) => e.ErrorId is ErrorId.ClientCertificateRefused or ErrorId.ClientCertificateUnknownCa;

    /// <summary>The error to report: <paramref name="refusal"/>, or a more exact one.</summary>
    public RenewalException Explain(RenewalException refusal, DateTimeOffset now)
    {
        var issuers = certificate.ReadableChain;
        // If the present intermediate issued it, the chain is not the reason.
        if (serverIssuers.Count == 0 || IsFromServerIssuers())
            return refusal;
        if (issuers.Count == 0)
            return roots.All.Any(root => IssuerChain.IsIssuedBy(certificate.Leaf, root)) ? refusal : ChainMissing(refusal);
        return IssuerChain.FindVerified(certificate.Leaf, issuers, roots, now).Count > 0 ? RootNotServed(refusal) : refusal;
    }

    private bool IsFromServerIssuers()
    {
        foreach (var der in serverIssuers)
        {
            using var issuer = CertificateDecoder.Decode(der);
            if (IssuerChain.IsIssuedBy(certificate.Leaf, issuer))
                return true;
        }

        return false;
    }

    private RenewalException ChainMissing(RenewalException refusal) => new(
        ErrorId.ChainMissing,
        $"{refusal.Message} '{certificate.Source}' holds only the leaf, and its issuer, '{certificate.Leaf.Issuer}', is not the CA's present intermediate certificate.",
        $"Append the intermediate certificate '{certificate.Leaf.Issuer}' to the file (PEM), from a backup or from the administrator of the CA. If another CA issued the certificate, give that CA's address.", refusal);

    private static RenewalException RootNotServed(RenewalException refusal) => new(
        refusal.ErrorId,
        $"{refusal.Message} The certificate chains to the trusted root, but not through the CA's present intermediate certificate.",
        "If another CA issued the certificate, give that CA's address. If the CA has a new root, have its administrator keep the old root as well until all certificates are renewed, or issue a new certificate with 'step ca certificate'. Compare both clocks as well.", refusal);
}
