using System.Net;
using System.Net.Security;
using System.Security.Authentication;

namespace StepCaRenew.StepCa;

/// <summary>Makes the connection to the CA: TLS by the step root alone, nothing resumed, nothing followed.</summary>
internal sealed class CaHandlerFactory(TrustedRoots roots, TimeProvider clock, Func<string, string?> environment)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly EnvironmentProxy proxy = new(environment);
    private readonly AddressRace race = new(Dns.GetHostAddressesAsync, clock);

    /// <summary>The proxy on the way to an address, without its credentials; null if there is none.</summary>
    /// <exception cref="RenewalException">A proxy is configured that cannot be used (<see cref="ErrorId.ProxyInvalid"/>).</exception>
    public Uri? ProxyTo(Uri address) => proxy.GetProxy(address);

    /// <summary>A handler for one exchange.</summary>
    /// <param name="address">The CA's address.</param>
    /// <param name="trust">Takes down the verdict on the server's certificate.</param>
    /// <param name="attempts">Takes down the addresses that are tried.</param>
    /// <param name="client">The certificate to show, or null to connect without one.</param>
    /// <param name="protocols">The TLS versions; the system's choice but for a diagnosis.</param>
    public SocketsHttpHandler Create(Uri address, ServerTrust trust, ConnectAttempts attempts, ClientIdentity? client, SslProtocols protocols = SslProtocols.None)
    {
        var tls = new SslClientAuthenticationOptions
        {
            AllowTlsResume = AllowsResume(OperatingSystem.IsWindows(), client is not null),
            CertificateChainPolicy = roots.CreatePolicy(clock.GetUtcNow()),
            RemoteCertificateValidationCallback = trust.Validate,
            EnabledSslProtocols = protocols,
        };
        if (client is not null)
        {
            // Offline: nothing is downloaded. If the roots are named, OpenSSL does not look for the issuers of the leaf among
            // all those that the machine trusts, which takes as long as the handshake.
            var issuers = OperatingSystem.IsWindows() ? null : SslCertificateTrust.CreateForX509Collection(roots.All);
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(client.Leaf, client.Issuers.Count > 0 ? [.. client.Issuers] : null, offline: true, issuers);
        }

        var connector = new CaConnector(race, proxy.IsTls && ProxyTo(address) is { } secured ? secured : null, attempts);
        return new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            ConnectCallback = connector.ConnectAsync,
            SslOptions = tls,
            AllowAutoRedirect = false,
            UseCookies = false,
            Proxy = proxy,
            UseProxy = true,
            // W3C trace headers of a host program are not the CA's business.
            ActivityHeadersPropagator = null,
        };
    }

    /// <summary>Whether a connection may resume an earlier TLS session of this process.</summary>
    /// <remarks>
    /// A session would carry the identity of an earlier certificate, so none is resumed. On Windows this value is also part of the
    /// key under which .NET keeps SChannel's credentials. If it did not differ, a connection without a client certificate would
    /// show the certificate of an earlier connection of this process (dotnet/runtime issue 131992, fixed for .NET 11). So every
    /// connection without a client certificate has the default, true, there: those of other code in the process as well.
    /// </remarks>
    internal static bool AllowsResume(bool isWindows, bool hasClient) => isWindows && !hasClient;
}
