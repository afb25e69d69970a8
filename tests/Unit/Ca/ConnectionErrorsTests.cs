using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Unit.Ca;

public sealed class ConnectionErrorsTests
{
    private static readonly CaSettings Ca = new(new Uri("https://ca.example:9000"), "/root.crt", null);

    public static TheoryData<string, Exception, bool, string, bool> Failures => new()
    {
        { "refused", Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.ConnectionRefused)), false, ErrorId.CaUnreachable, true },
        { "no such name", Http(HttpRequestError.NameResolutionError, new SocketException((int)SocketError.HostNotFound)), false, ErrorId.CaUnreachable, true },
        { "no route", Http(HttpRequestError.ConnectionError, new SocketException((int)SocketError.NetworkUnreachable)), false, ErrorId.CaUnreachable, true },
        { "reset in the handshake", Http(HttpRequestError.SecureConnectionError, new IOException("x", new SocketException((int)SocketError.ConnectionReset))), false, ErrorId.CaUnreachable, true },
        { "reset after the handshake", Http(HttpRequestError.ResponseEnded, new IOException("reset")), true, ErrorId.CaUnreachable, true },
        { "broken while reading", new IOException("broken"), true, ErrorId.CaUnreachable, true },
        { "no TLS there", Http(HttpRequestError.SecureConnectionError, new AuthenticationException("frame")), false, ErrorId.TlsFailed, false },
        { "alert 42", Alert(42), true, ErrorId.ClientCertificateRefused, false },
        { "alert 44", Alert(44), true, ErrorId.ClientCertificateRefused, false },
        { "alert 45", Alert(45), true, ErrorId.ClientCertificateExpired, false },
        { "alert 48", Alert(48), true, ErrorId.ClientCertificateUnknownCa, false },
        { "alert 116", Alert(116), true, ErrorId.ClientCertificateRefused, false },
        { "alert 40", Alert(40), false, ErrorId.TlsFailed, false },
        { "alert 70", Alert(70), false, ErrorId.TlsFailed, false },
        { "proxy", Http(HttpRequestError.ProxyTunnelError, null), false, ErrorId.ProxyRefused, false },
        { "proxy without a way", ProxyAnswer(502), false, ErrorId.ProxyRefused, true },
        { "proxy without a password", ProxyAnswer(407), false, ErrorId.ProxyRefused, false },
        { "hung up on in the handshake", Http(HttpRequestError.SecureConnectionError, new IOException("eof")), false, ErrorId.CaUnreachable, true },
        { "no HTTP there", Http(HttpRequestError.InvalidResponse, null), true, ErrorId.CaAnswerInvalid, false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Map_Failure_HasItsId(string name, Exception failure, bool isTrusted, string errorId, bool isTransient)
    {
        var e = ConnectionErrors.Map(failure, Trust(isTrusted ? SslPolicyErrors.None : null), Ca, proxy: null);
        Assert.True((errorId, isTransient) == (e.ErrorId, e.IsTransient), $"{name}: {e.ErrorId}");
        Assert.Contains("ca.example:9000", e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(e.Remedy);
        Assert.Same(failure, e.InnerException);
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, SocketError.HostNotFound)]
    [InlineData(HttpRequestError.ConnectionError, SocketError.ConnectionRefused)]
    public void Map_UnreachableProxy_IsNamedInsteadOfTheCa(HttpRequestError error, SocketError socket)
    {
        var e = ConnectionErrors.Map(Http(error, new SocketException((int)socket)), Trust(null), Ca, "proxy.example:3128");
        Assert.Equal(ErrorId.CaUnreachable, e.ErrorId);
        Assert.True(e.IsTransient);
        Assert.Contains("proxy proxy.example:3128", e.Message, StringComparison.Ordinal);
        Assert.Contains("NO_PROXY", e.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslPolicyErrors.RemoteCertificateNameMismatch, "another name")]
    [InlineData(SslPolicyErrors.RemoteCertificateNotAvailable, "no certificate")]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors, "")]
    public void Map_UntrustedServer_NamesTheReasonFirst(SslPolicyErrors errors, string why)
    {
        var e = ConnectionErrors.Map(Alert(48), Trust(errors), Ca, proxy: null);
        Assert.Equal(ErrorId.CaUntrusted, e.ErrorId);
        Assert.False(e.IsTransient);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused, null, "The CA at ca.example:9000 refused the connection. Tried: ::1 (refused), 127.0.0.1 (refused).")]
    [InlineData(SocketError.ConnectionRefused, "proxy.example:3128", "The proxy proxy.example:3128 for the CA at ca.example:9000 refused the connection. Tried: ::1 (refused), 127.0.0.1 (refused).")]
    [InlineData(SocketError.NetworkUnreachable, null, "No address of the CA at ca.example:9000 can be reached. Tried: ::1 (refused), 127.0.0.1 (refused).")]
    [InlineData(SocketError.NetworkUnreachable, "proxy.example:3128", "No address of the proxy proxy.example:3128 for the CA at ca.example:9000 can be reached. Tried: ::1 (refused), 127.0.0.1 (refused).")]
    public void Map_AddressesThatFailed_AreListed(SocketError error, string? proxy, string message)
    {
        var e = ConnectionErrors.Map(Http(HttpRequestError.ConnectionError, new SocketException((int)error)), Trust(null), Ca, proxy, "::1 (refused), 127.0.0.1 (refused)");
        Assert.Equal(ErrorId.CaUnreachable, e.ErrorId);
        Assert.True(e.IsTransient);
        Assert.Equal(message, e.Message);
    }

    // An error that is already exact is not wrapped in another one.
    [Fact]
    public void Map_RenewalException_IsReturned()
    {
        var own = new RenewalException(ErrorId.ProxyRefused, "message", "remedy");
        Assert.Same(own, ConnectionErrors.Map(Http(HttpRequestError.ConnectionError, own), Trust(null), Ca, proxy: null));
    }

    [Theory]
    [InlineData(0x8009030D)]
    [InlineData(0x8009030E)]
    public void Map_KeyThatSChannelCannotOpen_IsKeyStoreUnavailable(uint code)
    {
        var inner = new AuthenticationException("x", new System.ComponentModel.Win32Exception(unchecked((int)code)));
        var e = ConnectionErrors.Map(Http(HttpRequestError.SecureConnectionError, inner), Trust(null), Ca, proxy: null);
        Assert.Equal(ErrorId.KeyStoreUnavailable, e.ErrorId);
        Assert.False(e.IsTransient);
        Assert.Contains($"0x{code:X8}", e.Message, StringComparison.Ordinal);
    }

    // As on Wine, which reports no error for a chain that ends before a root.
    [Fact]
    public void Trust_ChainWithoutRoot_IsRefusedEvenIfThePlatformAcceptsIt()
    {
        var leaf = TestAuthority.Default.Issue(new LeafSpec()).Leaf;
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.Build(leaf);
        var trust = new ServerTrust();
        Assert.False(trust.Validate(trust, leaf, chain, SslPolicyErrors.None));
        Assert.True(trust.HasUnknownRoot);
        Assert.Contains("does not chain to the trusted root", trust.Refusal, StringComparison.Ordinal);
    }

    private static ServerTrust Trust(SslPolicyErrors? errors)
    {
        var trust = new ServerTrust();
        if (errors is { } found)
            Assert.Equal(found == SslPolicyErrors.None, trust.Validate(trust, null, null, found));
        return trust;
    }

    private static HttpRequestException Http(HttpRequestError error, Exception? inner) => new(error, "outer", inner);

    private static HttpRequestException ProxyAnswer(int status) => new(HttpRequestError.ProxyTunnelError, "outer", null, (System.Net.HttpStatusCode)status);

    private static HttpRequestException Alert(int number) =>
        Http(HttpRequestError.SecureConnectionError, new AuthenticationException("x", new CryptographicException(0x0A000000 + 1000 + number)));
}
