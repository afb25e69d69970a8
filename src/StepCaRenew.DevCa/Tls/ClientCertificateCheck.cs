using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Tls;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Tls;

/// <summary>
/// Whether a client certificate is accepted. As in step-ca, the trusted certificates are the roots and the present
/// intermediates: a leaf of the present intermediate may be sent alone, a leaf of an older one needs its chain.
/// </summary>
internal sealed class ClientCertificateCheck(CaIdentity ca, DevCaOptions options)
{
    private readonly X509Certificate2[] _trusted = [.. ca.Roots, .. ca.Intermediates];

    /// <summary>The TLS alert that refuses the certificate; null if it is accepted.</summary>
    public short? Alert(IReadOnlyList<X509Certificate2> sent) =>
        ChainVerifier.Check(sent[0], sent.Skip(1).ToList(), _trusted, options.TimeProvider.GetUtcNow(), LeafExtensions.ClientAuth) switch
        {
            null => null,
            // Newer Go versions send a different alert for each reason.
            ChainProblem.Expired when options.Generation == Generation.V30 => AlertDescription.certificate_expired,
            ChainProblem.UnknownAuthority when options.Generation == Generation.V30 => AlertDescription.unknown_ca,
            _ => AlertDescription.bad_certificate,
        };
}
