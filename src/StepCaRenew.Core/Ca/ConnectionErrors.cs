using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Text;

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
            return new(ErrorId.CaAnswerInvalid, $"The server at {address} does not speak HTTP: {PlainText.Excerpt(e.Message)}", "Check that the address and port are those of a step-ca.", e);
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
            "Compare the certificate's issuer with the CA's roots (Get-StepCa), and check both clocks and the CA's log; if it cannot be renewed, request a new one with Request-StepCertificate -Force.", e),
        _ => new(ErrorId.TlsFailed, $"The server at {address} ended the TLS handshake with alert {alert}.", "Check that the address and port are those of a step-ca.", e),
    };

    private static RenewalException ForServer(string refusal, ServerTrust trust, CaSettings settings, Exception e)
    {
        const string usual = "Check the address, the root certificate (-Root, or Initialize-StepContext) and this machine's clock. A proxy that decrypts TLS also causes this error.";
        return new(
            ErrorId.CaUntrusted, $"The server at {settings.Url.Authority} is not trusted: {refusal}.",
            trust.HasUnknownRoot ? settings.RootRemedy(usual) : usual, e);
    }

    // The gateway statuses mean that the proxy cannot reach the CA.
    private static RenewalException ForProxy(HttpStatusCode? status, string? proxy, string address, Exception e) => new(
        ErrorId.ProxyRefused, $"The proxy {proxy} did not connect to the CA at {address}{(status is not null ? $": it answered {(int)status}." : e.InnerException is null ? "." : $": {PlainText.Excerpt(Innermost(e).Message).TrimEnd('.')}.")}", CheckProxy, e)
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

/// <summary>
/// The TLS alerts with which a server refuses a client certificate (RFC 8446 section 6.2), read from the exceptions of each
/// platform.
/// </summary>
internal static class TlsAlert
{
    public const int HandshakeFailure = 40;
    public const int BadCertificate = 42;
    public const int UnsupportedCertificate = 43;
    public const int CertificateRevoked = 44;
    public const int CertificateExpired = 45;
    public const int CertificateUnknown = 46;
    public const int UnknownCa = 48;
    public const int AccessDenied = 49;
    public const int CertificateRequired = 116;

    /// <summary>The alert in an exception or its inner ones; null if there is none.</summary>
    public static int? FromException(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (OfPlatform(e) is { } alert)
                return alert;
        }

        return null;
    }

    /// <summary>Whether an alert is about the client's certificate.</summary>
    public static bool IsAboutCertificate(int? alert) => alert is >= BadCertificate and <= UnknownCa or AccessDenied or CertificateRequired;

    private static int? OfPlatform(Exception e) => e switch
    {
        CryptographicException => OfOpenSsl(e.HResult),
        Win32Exception windows => OfWindows(windows.NativeErrorCode),
        _ => OfMac(e.HResult),
    };

    // OpenSSL's error code: the library number of TLS (in version 3 or 1.1), and as the reason 1000 + the alert.
    private static int? OfOpenSsl(int code) =>
        (uint)code >> 24 is 0x0A or 0x14 && (code & 0xFFF) is > 1000 and < 1256 and var reason ? reason - 1000 : null;

    // Microsoft's table "Schannel Error Codes for TLS and SSL Alerts"; not verified on Windows. Alerts 42, 43 and 46 have the
    // same code. Other alerts and malformed messages give 0x80090326, which identifies no alert.
    private static int? OfWindows(int status) => unchecked((uint)status) switch
    {
        0x8009030C => AccessDenied,
        0x80090325 => UnknownCa,
        0x80090327 => CertificateUnknown,
        0x80090328 => CertificateExpired,
        0x80092010 => CertificateRevoked,
        _ => null,
    };

    // errSSLPeer… of SecureTransport; not verified on a Mac.
    private static int? OfMac(int status) => status switch
    {
        -9825 => BadCertificate,
        -9826 => UnsupportedCertificate,
        -9827 => CertificateRevoked,
        -9828 => CertificateExpired,
        -9829 => CertificateUnknown,
        -9831 => UnknownCa,
        -9832 => AccessDenied,
        _ => null,
    };
}
