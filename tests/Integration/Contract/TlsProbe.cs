using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>A TLS connection without HttpClient, to see the server's alert.</summary>
internal static class TlsProbe
{
    public const string Renew = "POST /renew HTTP/1.1\r\nHost: ca\r\nContent-Length: 0\r\n\r\n";

    // OpenSSL's code for "the peer sent this alert".
    private const int AlertBase = 0x0A000000 + 1000;

    /// <summary>Asserts that the server refuses a client certificate with an alert.</summary>
    public static async Task AssertRefusedAsync(
        ITestCa ca, X509Certificate2 certificate, SslProtocols protocol, int alert, IEnumerable<X509Certificate2>? chain = null)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(ca, certificate, protocol, chain: chain));
        if (OperatingSystem.IsLinux())
            Assert.Equal(AlertBase + alert, refusal.GetBaseException().HResult);
    }

    /// <summary>Connects and only reads: after a write, a reset could hide the alert.</summary>
    public static async Task<string> ReadAsync(
        ITestCa ca, X509Certificate2 certificate, SslProtocols protocol, string? request = null, IEnumerable<X509Certificate2>? chain = null)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", ca.Url.Port);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            EnabledSslProtocols = protocol,
            CertificateChainPolicy = CaClient.Trust(ca),
            AllowTlsResume = false,
            ClientCertificateContext = CaClient.Context(certificate, chain),
        });
        if (request is not null)
            await tls.WriteAsync(Encoding.ASCII.GetBytes(request));
        // An accepted client that sends nothing gets no answer: that must fail the test, not hang it.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await tls.ReadAsync(buffer, patience.Token));
    }
}
