using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.StepCa;

/// <summary>Makes the connection to the CA: TLS by the step root alone, nothing resumed, nothing followed.</summary>
internal sealed class CaHandlerFactory(TrustedRoots roots, TimeProvider clock, Func<string, string?> environment)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The host and port of the proxy on the way to an address, without its credentials; null where there is none.</summary>
    public string? ProxyTo(Uri address) => new EnvironmentProxy(environment).GetProxy(address)?.Authority;

    /// <summary>A handler for one exchange.</summary>
    /// <param name="trust">Takes down the verdict on the server's certificate.</param>
    /// <param name="client">The leaf with its key, or null to connect without one.</param>
    /// <param name="protocols">The TLS versions; the system's choice but for a diagnosis.</param>
    public SocketsHttpHandler Create(ServerTrust trust, X509Certificate2? client, SslProtocols protocols = SslProtocols.None)
    {
        var tls = new SslClientAuthenticationOptions
        {
            // A resumed session would carry the identity of an earlier certificate.
            AllowTlsResume = false,
            CertificateChainPolicy = roots.CreatePolicy(clock.GetUtcNow()),
            RemoteCertificateValidationCallback = trust.Validate,
            EnabledSslProtocols = protocols,
        };
        if (client is not null)
        {
            // The leaf alone and offline: Windows would put intermediates into its own store otherwise. Where the roots
            // are named, OpenSSL does not look for the issuers of the leaf among all those that the machine trusts, which
            // takes as long as the handshake.
            var issuers = OperatingSystem.IsWindows() ? null : SslCertificateTrust.CreateForX509Collection(roots.All);
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(client, additionalCertificates: null, offline: true, issuers);
        }

        return new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            SslOptions = tls,
            AllowAutoRedirect = false,
            UseCookies = false,
            Proxy = new EnvironmentProxy(environment),
            UseProxy = true,
            // W3C trace headers of a host program are not the CA's business.
            ActivityHeadersPropagator = null,
        };
    }
}
