using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Ca;

/// <summary>Maps the exceptions of a failed connection to errors with a remedy.</summary>
internal static class ConnectionErrors
{
    // SEC_E_NO_CREDENTIALS and SEC_E_UNKNOWN_CREDENTIALS: SChannel cannot open the key of the certificate. Not verified on Windows.
    private const int NoCredentials = unchecked((int)0x8009030E);
    private const int UnknownCredentials = unchecked((int)0x8009030D);
    private const string CheckProxy = "Check HTTPS_PROXY and its credentials, or add the CA's host to NO_PROXY.";

    /// <summary>Maps a failure of the connection to the CA.</summary>
    /// <param name="e">The platform's exception.</param>
    /// <param name="trust">The result of verifying the server's certificate.</param>
    /// <param name="settings">The CA.</param>
    /// <param name="proxy">Host and port of the proxy; null if there is none.</param>
    /// <param name="tried">The addresses that were tried; null if one connected.</param>
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
                ? Unreachable($"The name of the CA at {address} cannot be resolved", "Check the address and the DNS settings.", e)
                : Unreachable($"The name of the proxy {proxy} for the CA at {address} cannot be resolved", CheckProxy, e);
        var addresses = tried is null ? string.Empty : $". Tried: {tried}";
        if (SocketErrorOf(e) is SocketError.ConnectionRefused)
            return proxy is null
                ? Unreachable($"The CA at {address} refused the connection{addresses}", "Check the address and port, and that the CA is running.", e)
                : Unreachable($"The proxy {proxy} for the CA at {address} refused the connection{addresses}", CheckProxy, e);
        if (tried is not null)
            return proxy is null
                ? Unreachable($"No address of the CA at {address} can be reached{addresses}", "Check the address, the routes and the firewalls in between.", e)
                : Unreachable($"No address of the proxy {proxy} for the CA at {address} can be reached{addresses}", CheckProxy, e);
        // Without an AuthenticationException the connection was closed, as by a load balancer that has no CA behind it.
        if (e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } && !trust.IsAccepted && Find<AuthenticationException>(e) is not null)
            return new(
                ErrorId.TlsFailed, $"The TLS handshake with {address} failed: {Innermost(e).Message}",
                "Check that the address and port are those of a step-ca, and that it offers TLS 1.2 or 1.3.", e);
        if (e is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse })
            return new(ErrorId.CaAnswerInvalid, $"The server at {address} does not speak HTTP: {ForeignText.Clean(e.Message)}", "Check that the address and port are those of a step-ca.", e);
        return Unreachable($"The connection to the CA at {address} broke: {Innermost(e).Message.TrimEnd('.')}", "Check the network and the CA's log.", e);
    }

    /// <summary>The error for a TLS alert that ended the handshake.</summary>
    public static RenewalException ForAlert(int alert, string address, Exception e) => alert switch
    {
        TlsAlert.CertificateExpired => new(
            ErrorId.ClientCertificateExpired, $"The CA at {address} refused the certificate as expired (TLS alert {alert}).",
            "Check the clocks of both machines; -UseToken renews an expired certificate if the provisioner's claim allowRenewalAfterExpiry permits it.", e),
        TlsAlert.UnknownCa => new(
            ErrorId.ClientCertificateUnknownCa, $"The CA at {address} refused the certificate: it was issued by an authority that the CA does not know (TLS alert {alert}).",
            "Check that this CA issued the certificate, and that the address is right.", e),
        _ when TlsAlert.IsAboutCertificate(alert) => new(
            ErrorId.ClientCertificateRefused, $"The CA at {address} refused the certificate (TLS alert {alert}): it was issued by another CA, is revoked, or has expired according to the CA's clock.",
            "Compare the certificate's issuer with 'step ca root', and check both clocks and the CA's log; if it cannot be renewed, issue a new one with 'step ca certificate'.", e),
        _ => new(ErrorId.TlsFailed, $"The server at {address} ended the TLS handshake with alert {alert}.", "Check that the address and port are those of a step-ca.", e),
    };

    private static RenewalException ForServer(string refusal, ServerTrust trust, CaSettings settings, Exception e)
    {
        const string usual = "Check the address, the root certificate (-Root, or 'step ca bootstrap') and this machine's clock. A proxy that decrypts TLS also causes this error.";
        return new(
            ErrorId.CaUntrusted, $"The server at {settings.Url.Authority} is not trusted: {refusal}.",
            trust.HasUnknownRoot ? settings.RootRemedy(usual) : usual, e);
    }

    // The gateway statuses mean that the proxy cannot reach the CA.
    private static RenewalException ForProxy(HttpStatusCode? status, string? proxy, string address, Exception e) => new(
        ErrorId.ProxyRefused, $"The proxy {proxy} did not connect to the CA at {address}{(status is not null ? $": it answered {(int)status}." : e.InnerException is null ? "." : $": {ForeignText.Clean(Innermost(e).Message).TrimEnd('.')}.")}", CheckProxy, e)
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
