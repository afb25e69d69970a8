using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StepCaRenew.StepCa;

/// <summary>Opens the connection under the TLS to the CA: to the CA itself, or to the proxy on the way to it.</summary>
/// <param name="race">Connects to one of several addresses.</param>
/// <param name="proxy">The proxy that is spoken to by TLS; null for none such.</param>
/// <param name="attempts">Told of the addresses.</param>
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

    // Not by the handler, which would hold the proxy's certificate against the CA's root and show it our own. AllowTlsResume
    // stays true: see CaHandlerFactory.AllowsResume.
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
                ErrorId.ProxyRefused, $"No TLS connection to the proxy {proxy.Authority}: {e.Message}",
                "Check HTTPS_PROXY: an https:// proxy must show a certificate that this machine trusts; most proxies are http://.", e);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
