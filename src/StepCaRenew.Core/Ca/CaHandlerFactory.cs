using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Ca;

/// <summary>Makes the HTTP handler for a request: TLS that trusts only the step root, no session resumption, no redirects.</summary>
internal sealed class CaHandlerFactory(TimeProvider clock, Func<string, string?> environment)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly EnvironmentProxy proxy = new(environment);
    private readonly AddressRace race = new(Dns.GetHostAddressesAsync, clock);

    /// <summary>The proxy for an address, without its credentials; null if there is none.</summary>
    /// <exception cref="RenewalException">The configured proxy cannot be used (<see cref="ErrorId.ProxyInvalid"/>).</exception>
    public Uri? ProxyTo(Uri address) => proxy.GetProxy(address);

    /// <summary>A handler for one request.</summary>
    /// <param name="address">The CA's address.</param>
    /// <param name="roots">The trusted roots.</param>
    /// <param name="trust">Verifies the server's certificate, and keeps the result.</param>
    /// <param name="attempts">Records the addresses that are tried; null to take what the request has for it (<see cref="ConnectAttempts.Key"/>).</param>
    /// <param name="client">The certificate to show, or null to connect without one.</param>
    /// <param name="protocols">The TLS versions; the system's default except for a diagnosis.</param>
    public SocketsHttpHandler Create(
        Uri address, TrustedRoots roots, ServerTrust trust, ConnectAttempts? attempts, ClientIdentity? client, SslProtocols protocols = SslProtocols.None)
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
            // Offline: nothing is downloaded. With the roots given, OpenSSL does not search the machine's store for the issuers,
            // which takes as long as the handshake.
            var issuers = OperatingSystem.IsWindows() ? null : SslCertificateTrust.CreateForX509Collection(roots.All);
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(client.Leaf, client.Issuers.Count > 0 ? [.. client.Issuers] : null, offline: true, issuers);
        }

        return Create(address, attempts, tls);
    }

    /// <summary>A handler that accepts every certificate of the server, for an answer that is verified by its fingerprint.</summary>
    /// <param name="address">The CA's address.</param>
    /// <param name="attempts">Records the addresses that are tried.</param>
    public SocketsHttpHandler CreateUnverified(Uri address, ConnectAttempts attempts) => Create(address, attempts, new SslClientAuthenticationOptions
    {
        AllowTlsResume = AllowsResume(OperatingSystem.IsWindows(), hasClient: false),
        // .NET builds a chain even if its result is ignored; without roots, it neither reads the machine's store nor downloads anything.
        CertificateChainPolicy = TrustedRoots.CreatePolicy([], clock.GetUtcNow()),
#pragma warning disable CA5359 // The caller compares the answer with a fingerprint.
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
    });

    private SocketsHttpHandler Create(Uri address, ConnectAttempts? attempts, SslClientAuthenticationOptions tls)
    {
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
            // The CA does not need the W3C trace headers of a host program.
            ActivityHeadersPropagator = null,
        };
    }

    /// <summary>Whether a connection may resume an earlier TLS session of this process.</summary>
    /// <remarks>
    /// A resumed session has the identity of an earlier certificate, so none is resumed. On Windows this value is also part of
    /// the key of .NET's cache of SChannel credentials: without a difference, a connection without a client certificate would
    /// show the certificate of an earlier connection (dotnet/runtime issue 131992, fixed for .NET 11). So there it is the
    /// default, true, for connections without a client certificate, as for those of other code in the process.
    /// </remarks>
    internal static bool AllowsResume(bool isWindows, bool hasClient) => isWindows && !hasClient;
}

/// <summary>Opens the connection that the TLS to the CA runs over: to the CA itself, or to a proxy.</summary>
/// <param name="race">Connects to one of several addresses.</param>
/// <param name="proxy">An https:// proxy; null if there is none.</param>
/// <param name="attempts">Records the addresses; null to take what the request has for it.</param>
internal sealed class CaConnector(AddressRace race, Uri? proxy, ConnectAttempts? attempts)
{
    /// <summary>Connects; the callback of the handler.</summary>
    /// <exception cref="SocketException">No address answered.</exception>
    /// <exception cref="RenewalException">The proxy is not trusted.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var record = attempts ?? (context.InitialRequestMessage.Options.TryGetValue(ConnectAttempts.Key, out var given) ? given : new ConnectAttempts());
        var socket = await race.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, record, cancellationToken).ConfigureAwait(false);
        var stream = new NetworkStream(socket, ownsSocket: true);
        return proxy is null ? stream : await SecureAsync(stream, proxy, cancellationToken).ConfigureAwait(false);
    }

    // The handler would verify the proxy's certificate with the CA's root, and show the proxy our certificate. AllowTlsResume
    // stays true; see CaHandlerFactory.AllowsResume.
    private static async Task<Stream> SecureAsync(NetworkStream stream, Uri proxy, CancellationToken cancellationToken)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = proxy.IdnHost }, cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch (AuthenticationException e)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw new RenewalException(
                ErrorId.ProxyRefused, $"The TLS handshake with the proxy {proxy.Authority} failed: {e.Message}",
                "Check HTTPS_PROXY: an https:// proxy must show a certificate that this machine trusts; most proxies are http://.", e);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
