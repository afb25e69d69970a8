using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>Client certificates that are refused by a TLS alert, without any HTTP answer.</summary>
public abstract class TlsRefusalContract(CaKind kind) : CaContract(kind)
{
    // OpenSSL's code for "the peer sent alert 42", bad_certificate.
    private const int BadCertificate = 0x0A000412;

    [Theory]
    [InlineData("expired", SslProtocols.Tls12)]
    [InlineData("expired", SslProtocols.Tls13)]
    [InlineData("foreign", SslProtocols.Tls12)]
    [InlineData("foreign", SslProtocols.Tls13)]
    [InlineData("no clientAuth", SslProtocols.Tls12)]
    [InlineData("no clientAuth", SslProtocols.Tls13)]
    public async Task Certificate_IsRefusedWithBadCertificate(string cause, SslProtocols protocol)
    {
        var ca = await CaAsync(RenewsExpired);
        using var certificate = (await BadAsync(ca, cause)).LoadWithKey();
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => ReadAfterHandshakeAsync(ca, certificate, protocol));
        if (OperatingSystem.IsLinux())
            Assert.Equal(BadCertificate, refusal.GetBaseException().HResult);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("foreign")]
    [InlineData("no clientAuth")]
    public async Task HttpClient_GetsNoAnswer(string cause)
    {
        var ca = await CaAsync(RenewsExpired);
        var bad = await BadAsync(ca, cause);
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(ca, "/renew", client: bad));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task GoodCertificate_IsWelcome(SslProtocols protocol)
    {
        var ca = await CaAsync();
        using var certificate = (await IssueAsync(ca)).LoadWithKey();
        Assert.StartsWith("HTTP/1.1 201", await ReadAfterHandshakeAsync(ca, certificate, protocol, "POST /renew HTTP/1.1\r\nHost: ca\r\nContent-Length: 0\r\n\r\n"), StringComparison.Ordinal);
    }

    private async Task<IssuedPair> BadAsync(ITestCa ca, string cause) => cause switch
    {
        "expired" => await ExpiredAsync(ca),
        "foreign" => await IssueAsync(await CaAsync()),
        _ => await IssueAsync(ca, "noeku"),
    };

    /// <summary>Reads before anything is written: a write can be overtaken by the reset that follows the alert.</summary>
    private static async Task<string> ReadAfterHandshakeAsync(ITestCa ca, X509Certificate2 certificate, SslProtocols protocol, string? request = null)
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
            ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
        });
        if (request is not null)
            await tls.WriteAsync(Encoding.ASCII.GetBytes(request));
        // Who is let in and asks nothing hears nothing: that has to fail a test, not hang it.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await tls.ReadAsync(buffer, patience.Token));
    }
}
