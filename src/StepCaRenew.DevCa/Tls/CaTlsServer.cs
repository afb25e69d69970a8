using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;
using CertificateRequest = Org.BouncyCastle.Tls.CertificateRequest;

namespace StepCaRenew.DevCa.Tls;

/// <summary>
/// The TLS settings of a connection: 1.2 and 1.3, HTTP/2 and 1.1, a client certificate requested and,
/// if it is not accepted, refused with the alert that Go sends.
/// </summary>
internal sealed class CaTlsServer(BcTlsCrypto crypto, ServerCredentials credentials, ClientCertificateCheck check)
    : DefaultTlsServer(crypto)
{
    private static readonly List<SignatureAndHashAlgorithm> ClientSignatures =
    [
        new(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa),
        new(HashAlgorithm.sha384, SignatureAlgorithm.ecdsa),
        new(HashAlgorithm.sha512, SignatureAlgorithm.ecdsa),
        SignatureAndHashAlgorithm.rsa_pss_rsae_sha256,
        SignatureAndHashAlgorithm.rsa_pss_rsae_sha384,
        SignatureAndHashAlgorithm.rsa_pss_rsae_sha512,
        new(HashAlgorithm.sha256, SignatureAlgorithm.rsa),
        new(HashAlgorithm.sha384, SignatureAlgorithm.rsa),
        new(HashAlgorithm.sha512, SignatureAlgorithm.rsa),
    ];

    // Those of TLS 1.3, and for 1.2 the two of step-ca's configuration.
    private static readonly int[] Suites =
    [
        CipherSuite.TLS_AES_128_GCM_SHA256,
        CipherSuite.TLS_AES_256_GCM_SHA384,
        CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ];

    /// <summary>The accepted client certificate.</summary>
    public X509Certificate2? ClientCertificate { get; private set; }

    /// <summary>The protocol that ALPN selected: h2, http/1.1, or null.</summary>
    public byte[] ApplicationProtocol => m_context.SecurityParameters.ApplicationProtocol?.GetBytes() ?? [];

    /// <summary>Whether the handshake is complete.</summary>
    public bool IsComplete { get; private set; }

    protected override ProtocolVersion[] GetSupportedVersions() => ProtocolVersion.TLSv13.DownTo(ProtocolVersion.TLSv12);

    protected override int[] GetSupportedCipherSuites() => Suites;

    protected override IList<ProtocolName> GetProtocolNames() => [ProtocolName.Http_2_Tls, ProtocolName.Http_1_1];

    public override TlsCredentials GetCredentials() => new BcDefaultTlsCredentialedSigner(
        new TlsCryptoParameters(m_context), crypto, credentials.Key, credentials.CertificateFor(m_context.ServerVersion),
        new SignatureAndHashAlgorithm(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));

    public override CertificateRequest GetCertificateRequest() => TlsUtilities.IsTlsV13(m_context.ServerVersion)
        ? new CertificateRequest(TlsUtilities.EmptyBytes, ClientSignatures, null, credentials.Authorities)
        : new CertificateRequest([ClientCertificateType.rsa_sign, ClientCertificateType.ecdsa_sign], ClientSignatures, credentials.Authorities);

    public override void NotifyClientCertificate(Certificate clientCertificate)
    {
        if (clientCertificate.IsEmpty)
            return;
        X509Certificate2[] sent = [.. clientCertificate.GetCertificateList().Select(one => X509CertificateLoader.LoadCertificate(one.GetEncoded()))];
        if (check.Alert(sent) is { } alert)
            throw new TlsFatalAlert(alert);
        ClientCertificate = sent[0];
    }

    public override void NotifyHandshakeComplete()
    {
        base.NotifyHandshakeComplete();
        IsComplete = true;
    }

    // The CA checks the chain itself; the default would refuse the issuer of a P-521 leaf.
    public override bool ShouldCheckSigAlgOfPeerCerts() => false;

    // Many clients close without an alert.
    public override bool RequiresCloseNotify() => false;
}
