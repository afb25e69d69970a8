using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StepCaRenew.Ca;

/// <summary>Opens the connection that the TLS to the CA runs over: to the CA itself, or to a proxy.</summary>
/// <param name="race">Connects to one of several addresses.</param>
/// <param name="proxy">An https:// proxy; null if there is none.</param>
/// <param name="attempts">Records the addresses.</param>
internal sealed class CaConnector(AddressRace race, Uri? proxy, ConnectAttempts attempts)
{
    /// <summary>Connects; the callback of the handler.</summary>
    /// <exception cref="SocketException">No address answered.</exception>
    /// <exception cref="RenewalException">The proxy is not trusted.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = await race.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, attempts, cancellationToken).ConfigureAwait(false);
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
