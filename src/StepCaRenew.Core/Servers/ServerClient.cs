using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Policy;

namespace StepCaRenew.Servers;

/// <summary>
/// Asks a server for its certificate. Any certificate is accepted, because it is only shown; the server gets the handshake and
/// nothing else, in particular no client certificate.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="resolve">Resolves a name to its addresses.</param>
internal sealed class ServerClient(TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    /// <summary>The usual time limit of one connection.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    private readonly AddressRace race = new(resolve, clock);

    /// <summary>A client that resolves names as the system does.</summary>
    public ServerClient(TimeProvider clock)
        : this(clock, Dns.GetHostAddressesAsync)
    {
    }

    /// <summary>Connects, and returns the certificates of the server.</summary>
    /// <param name="address">The server.</param>
    /// <param name="serverName">The name that the server gets in the handshake (SNI); null for none.</param>
    /// <param name="timeout">The time limit for all of it.</param>
    /// <param name="cancellationToken">Ends the connection.</param>
    /// <exception cref="RenewalException">The server cannot be reached, or shows no certificate.</exception>
    public async Task<ServedChain> FetchAsync(ServerAddress address, string? serverName, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(timeout < Duration.LongestTimeout ? timeout : Duration.LongestTimeout, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        var attempts = new ConnectAttempts();
        var step = "answer";
        try
        {
            using var stream = new NetworkStream(await race.ConnectAsync(address.Host, address.Port, attempts, end.Token).ConfigureAwait(false), ownsSocket: true);
            step = "begin TLS";
            if (address.StartTls != StartTls.None)
                await new StartTlsHandshake(new ClearText(stream, address), address).RunAsync(end.Token).ConfigureAwait(false);
            step = "complete the TLS handshake";
            return await ShakeHandsAsync(stream, address, serverName, end.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (time.IsCancellationRequested && e is OperationCanceledException or IOException or SocketException && !cancellationToken.IsCancellationRequested)
        {
            throw new RenewalException(
                ErrorId.ServerTimeout, $"The server at {address.Authority} did not {step} within {timeout.TotalSeconds:0.#} s{Tried(attempts)}.",
                "Check the address and the port, the firewalls in between, and whether the server hangs.", e) { IsTransient = true };
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw Unreachable(e, address, attempts);
        }
    }

    private async Task<ServedChain> ShakeHandsAsync(NetworkStream stream, ServerAddress address, string? serverName, CancellationToken cancellationToken)
    {
        using var received = new ReceivedStream(stream);
        using var tls = new SslStream(received, leaveInnerStreamOpen: true);
        List<byte[]> shown = [];
        try
        {
            await tls.AuthenticateAsClientAsync(CreateOptions(serverName, shown), cancellationToken).ConfigureAwait(false);
            // Without it, a server logs that the connection broke.
            await tls.ShutdownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or CryptographicException && !cancellationToken.IsCancellationRequested)
        {
            // A server that requires a client certificate shows its own, and then ends the handshake.
            if (shown.Count == 0 && IsAboutClient(TlsAlert.FromException(e)))
                shown.AddRange(TlsRecords.FindCertificates(received.Received));
            if (shown.Count == 0)
                throw NoHandshake(e, received, address);
        }

        return Decode(shown, address);
    }

    /// <summary>The options of a handshake.</summary>
    /// <param name="serverName">The name for the server.</param>
    /// <param name="shown">Receives the certificates of the server, its own first.</param>
    internal SslClientAuthenticationOptions CreateOptions(string? serverName, List<byte[]> shown) => new()
    {
        TargetHost = serverName ?? string.Empty,
        // A resumed session shows the certificate of an earlier connection.
        AllowTlsResume = false,
#pragma warning disable CA5398 // With the default, SChannel would use a cached credential of a connection to the CA, with its client certificate; see CaHandlerFactory.AllowsResume.
        EnabledSslProtocols = OperatingSystem.IsWindows() ? SslProtocols.Tls12 | SslProtocols.Tls13 : SslProtocols.None,
#pragma warning restore CA5398
        // .NET builds a chain even if its result is ignored; without roots, it neither reads the machine's store nor downloads anything.
        CertificateChainPolicy = TrustedRoots.CreatePolicy([], clock.GetUtcNow()),
#pragma warning disable CA5359 // The certificate is only shown, and nothing is sent to the server.
        RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            shown.Clear();
            if (certificate is not null)
                shown.AddRange([certificate.GetRawCertData(), .. (chain?.ChainPolicy.ExtraStore ?? []).Select(other => other.RawData)]);
            return true;
        },
#pragma warning restore CA5359
    };

    // The platform lists the certificates of the server with or without its own.
    private static ServedChain Decode(List<byte[]> shown, ServerAddress address) =>
        new(Decode(shown[0], address), [.. shown.Skip(1).Where(other => !other.AsSpan().SequenceEqual(shown[0])).Select(other => Decode(other, address))]);

    private static X509Certificate2 Decode(byte[] der, ServerAddress address)
    {
        try
        {
            if (CertificateOutline.HasShape(der))
                return CertificateDecoder.Decode(der);
        }
        catch (CryptographicException)
        {
        }

        throw new RenewalException(ErrorId.CertificateInvalid, $"The server at {address.Authority} shows a certificate that cannot be decoded.", "Check the certificate file of the server.");
    }

    // Before TLS 1.3, the usual alert for a missing certificate is the general one.
    private static bool IsAboutClient(int? alert) => alert is TlsAlert.HandshakeFailure || TlsAlert.IsAboutCertificate(alert);

    private static RenewalException NoHandshake(Exception e, ReceivedStream received, ServerAddress address)
    {
        if (received.IsFull)
            return new RenewalException(
                ErrorId.ServerAnswerInvalid, $"The server at {address.Authority} sent more than {ReceivedStream.Most / 1024} kB without ending the TLS handshake.", "Check the address, and which program answers there.", e);
        if (received.Received.IsEmpty)
            return new RenewalException(
                ErrorId.ServerUnreachable, $"The server at {address.Authority} closed the connection during the TLS handshake.",
                "Check that the server offers TLS on this port, and see its log. A server that begins TLS with STARTTLS is named by smtp://, imap://, ldap:// or postgres://.", e) { IsTransient = true };
        if (!TlsRecords.IsTls(received.Received))
            return new RenewalException(
                ErrorId.TlsFailed, $"The server at {address.Authority} does not speak TLS.",
                "Check the port. A server that begins TLS with STARTTLS is named by smtp://, imap://, ldap:// or postgres://, or -Endpoint with -StartTls.", e);
        return new RenewalException(
            ErrorId.TlsFailed, TlsAlert.FromException(e) is { } alert ? $"The server at {address.Authority} ended the TLS handshake with alert {alert}." : $"The TLS handshake with the server at {address.Authority} failed: {Innermost(e).Message}",
            "Check that the server has a certificate for this name and offers TLS 1.2 or 1.3, and see its log.", e);
    }

    private static RenewalException Unreachable(Exception e, ServerAddress address, ConnectAttempts attempts) => new(
        ErrorId.ServerUnreachable,
        e is SocketException && attempts.Describe() is null ? $"The name of the server {address.Authority} cannot be resolved."
        : attempts.Describe() is not null ? $"The server at {address.Authority} cannot be reached{Tried(attempts)}."
        : $"The connection to the server at {address.Authority} broke: {Innermost(e).Message.TrimEnd('.')}.",
        "Check the address and the port, that the server runs, and the firewalls in between.", e) { IsTransient = true };

    private static string Tried(ConnectAttempts attempts) => attempts.Describe() is { } tried ? $". Tried: {tried}" : string.Empty;

    private static Exception Innermost(Exception e) => e.InnerException is null ? e : Innermost(e.InnerException);
}
