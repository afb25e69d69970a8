using System.ComponentModel;
using System.Security.Cryptography;

namespace StepCaRenew.Ca;

/// <summary>
/// The TLS alerts with which a server refuses a client certificate (RFC 8446 section 6.2), read from the exceptions of each
/// platform.
/// </summary>
internal static class TlsAlert
{
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
