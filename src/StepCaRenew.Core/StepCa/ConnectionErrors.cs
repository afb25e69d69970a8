using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StepCaRenew.StepCa;

/// <summary>What the platform says of a failed connection, as an error with a remedy.</summary>
internal static class ConnectionErrors
{
    // SEC_E_NO_CREDENTIALS and SEC_E_UNKNOWN_CREDENTIALS: SChannel was given a certificate whose key it cannot open. Not verified on Windows.
    private const int NoCredentials = unchecked((int)0x8009030E);
    private const int UnknownCredentials = unchecked((int)0x8009030D);
    private const string CheckProxy = "Check HTTPS_PROXY and its credentials, or put the CA's host into NO_PROXY.";

    /// <summary>Maps a failure of the connection to the CA.</summary>
    /// <param name="e">What the platform threw.</param>
    /// <param name="trust">What was thought of the server's certificate.</param>
    /// <param name="settings">Which CA.</param>
    /// <param name="proxy">The host and port of the proxy on the way to it, if there is one.</param>
    /// <param name="tried">Which addresses were tried, and what became of each; null if one connected.</param>
    public static RenewalException Map(Exception e, ServerTrust trust, CaSettings settings, string? proxy, string? tried = null)
    {
        var address = settings.Url.Authority;
        if (Find<RenewalException>(e) is { } known)
            return known;
        if (trust.Refusal is { } refusal)
            return ForServer(refusal, trust, settings, e);
        if (TlsAlert.FromException(e) is { } alert)
            return ForAlert(alert, address, e);
        if (Find<Win32Exception>(e) is { NativeErrorCode: NoCredentials or UnknownCredentials } windows)
            return KeyStore.Unavailable(string.Create(CultureInfo.InvariantCulture, $"{windows.Message.TrimEnd('.', ' ')} (0x{windows.NativeErrorCode:X8})"), e);
        if (e is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError, StatusCode: var status })
            return ForProxy(status, proxy, address, e);
        if (e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError })
            return proxy is null
                ? Unreachable($"The name of the CA at {address} can't be resolved", "Check the address and the name service.", e)
                : Unreachable($"The name of the proxy {proxy}, on the way to the CA at {address}, can't be resolved", CheckProxy, e);
        var addresses = tried is null ? string.Empty : $". Tried: {tried}";
        if (SocketErrorOf(e) is SocketError.ConnectionRefused)
            return proxy is null
                ? Unreachable($"The CA at {address} refuses connections{addresses}", "Check the address and port, and that the CA runs.", e)
                : Unreachable($"The proxy {proxy}, on the way to the CA at {address}, refuses connections{addresses}", CheckProxy, e);
        if (tried is not null)
            return proxy is null
                ? Unreachable($"No address of the CA at {address} can be reached{addresses}", "Check the address, the routes and the firewalls on the way.", e)
                : Unreachable($"No address of the proxy {proxy}, on the way to the CA at {address}, can be reached{addresses}", CheckProxy, e);
        // Without it the handshake did not fail but was hung up on, as a load balancer does that has no CA to lead to.
        if (e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } && !trust.IsAccepted && Find<AuthenticationException>(e) is not null)
            return new(
                ErrorId.TlsFailed, $"The TLS handshake with {address} failed: {Innermost(e).Message}",
                "Check that the address and port are those of a step-ca, and that it offers TLS 1.2 or 1.3.", e);
        if (e is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse })
            return new(ErrorId.CaAnswerInvalid, $"The server at {address} does not speak HTTP: {ForeignText.Clean(e.Message)}", "Check that the address and port are those of a step-ca.", e);
        return Unreachable($"The connection to the CA at {address} broke: {Innermost(e).Message.TrimEnd('.')}", "Check the network and the CA's log.", e);
    }

    /// <summary>An alert with which the server ended the handshake.</summary>
    public static RenewalException ForAlert(int alert, string address, Exception e) => alert switch
    {
        TlsAlert.CertificateExpired => new(
            ErrorId.ClientCertificateExpired, $"The CA at {address} refused the certificate as expired (TLS alert {alert}).",
            "Check the clocks of both machines; -UseToken renews an expired certificate where the provisioner's claim allowRenewalAfterExpiry permits it.", e),
        TlsAlert.UnknownCa => new(
            ErrorId.ClientCertificateUnknownCa, $"The CA at {address} does not know the authority that issued the certificate (TLS alert {alert}).",
            "Check that the certificate was issued by this CA; another one answers at another address.", e),
        _ when TlsAlert.IsAboutCertificate(alert) => new(
            ErrorId.ClientCertificateRefused, $"The CA at {address} refused the certificate (TLS alert {alert}): it was issued by another CA, is revoked, or has expired by the CA's clock.",
            "Compare the certificate's issuer with 'step ca root', check both clocks and the CA's log; issue a new one with 'step ca certificate' if it can't be renewed.", e),
        _ => new(ErrorId.TlsFailed, $"The server at {address} ended the TLS handshake with alert {alert}.", "Check that the address and port are those of a step-ca.", e),
    };

    private static RenewalException ForServer(string refusal, ServerTrust trust, CaSettings settings, Exception e)
    {
        const string usual = "Check the address, the root certificate (-Root, or 'step ca bootstrap') and this machine's clock. Something between that opens TLS looks like this as well.";
        return new(
            ErrorId.CaUntrusted, $"The server at {settings.Url.Authority} is not trusted: {refusal}.",
            trust.IsRootOther ? settings.RootRemedy(usual) : usual, e);
    }

    // A proxy that finds nothing behind it says so with the status of a gateway.
    private static RenewalException ForProxy(HttpStatusCode? status, string? proxy, string address, Exception e) => new(
        ErrorId.ProxyRefused, $"The proxy {proxy} did not open a way to the CA at {address}{(status is not null ? $": it answered {(int)status}." : e.InnerException is null ? "." : $": {ForeignText.Clean(Innermost(e).Message).TrimEnd('.')}.")}", CheckProxy, e)
    { IsTransient = status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout };

    private static RenewalException Unreachable(string message, string remedy, Exception e) =>
        new(ErrorId.CaUnreachable, message + ".", remedy, e) { IsTransient = true };

    private static T? Find<T>(Exception? e) where T : Exception => e is null ? null : e as T ?? Find<T>(e.InnerException);

    private static SocketError? SocketErrorOf(Exception? e) => e switch
    {
        null => null,
        SocketException socket => socket.SocketErrorCode,
        _ => SocketErrorOf(e.InnerException),
    };

    private static Exception Innermost(Exception e) => e.InnerException is null ? e : Innermost(e.InnerException);
}
