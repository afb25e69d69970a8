using System.Net;
using StepCaRenew.Ca;

namespace StepCaRenew.Unit.Ca;

public sealed class EnvironmentProxyTests
{
    private const string Proxy = "http://proxy.example:3128";

    private static readonly Uri Destination = new("https://ca.example");

    // The rules of Go's golang.org/x/net/http/httpproxy, by which step reads NO_PROXY.
    [Theory]
    [InlineData("https://ca.example.com", "", false)]
    [InlineData("https://ca.example.com", "*", true)]
    [InlineData("https://ca.example.com", "other.com,*", true)]
    [InlineData("https://ca.example.com", "ca.example.com", true)]
    [InlineData("https://ca.example.com", "CA.EXAMPLE.COM", true)]
    [InlineData("https://ca.example.com", "example.com", true)]
    [InlineData("https://ca.example.com", ".example.com", true)]
    [InlineData("https://ca.example.com", "*.example.com", true)]
    [InlineData("https://example.com", "*.example.com", false)]
    [InlineData("https://example.com", ".example.com", false)]
    [InlineData("https://badexample.com", "example.com", false)]
    [InlineData("https://ca.example.com", "ple.com", false)]
    [InlineData("https://ca.example.com", " other.com , example.com ", true)]
    [InlineData("https://ca.example.com", "example.com.evil.org", false)]
    [InlineData("https://ca.example.com:9000", "example.com:9000", true)]
    [InlineData("https://ca.example.com:9000", "example.com:443", false)]
    [InlineData("https://ca.example.com", "example.com:443", true)]
    [InlineData("https://ca.example.com", "*.example.com:443", true)]
    [InlineData("https://10.1.2.3", "10.1.2.3", true)]
    [InlineData("https://10.1.2.3", "10.1.2.4", false)]
    [InlineData("https://10.1.2.3", "10.0.0.0/8", true)]
    [InlineData("https://10.1.2.3", "10.9.9.9/8", true)]
    [InlineData("https://11.1.2.3", "10.0.0.0/8", false)]
    [InlineData("https://10.1.2.3:9000", "10.1.2.3:9000", true)]
    [InlineData("https://10.1.2.3:9000", "10.1.2.3:443", false)]
    [InlineData("https://[2001:db8::1]", "2001:db8::1", true)]
    [InlineData("https://[2001:db8::1]", "2001:db8::/32", true)]
    [InlineData("https://[2001:db8::1]", "2001:db8::5/32", true)]
    [InlineData("https://[2001:db8::1]:9000", "[2001:db8::1]:9000", true)]
    [InlineData("https://[2001:db8::1]:9000", "[2001:db8::1]:443", false)]
    [InlineData("https://ca.example.com", "10.0.0.0/8", false)]
    [InlineData("https://ca.example.com", "10.0.0.0/99", false)]
    [InlineData("https://ca.example.com", ":443", false)]
    [InlineData("https://localhost", "", true)]
    [InlineData("https://127.0.0.1:9000", "", true)]
    [InlineData("https://127.8.9.1", "", true)]
    [InlineData("https://[::1]", "", true)]
    [InlineData("https://localhost.example.com", "", false)]
    public void GetProxy_NoProxy_FollowsGosRules(string address, string noProxy, bool isDirect)
    {
        var proxy = new EnvironmentProxy(new FakeEnvironment { ["https_proxy"] = Proxy, ["NO_PROXY"] = noProxy }.Get);
        var destination = new Uri(address);
        Assert.Equal(isDirect ? null : new Uri(Proxy), proxy.GetProxy(destination));
        Assert.Equal(isDirect, proxy.IsBypassed(destination));
    }

    [Theory]
    [InlineData("https_proxy")]
    [InlineData("HTTPS_PROXY")]
    public void GetProxy_EitherCase_IsRead(string name) =>
        Assert.Equal(new Uri(Proxy), new EnvironmentProxy(new FakeEnvironment { [name] = Proxy }.Get).GetProxy(new Uri("https://ca.example")));

    // Go's order; Go ignores ALL_PROXY. (Windows and macOS also have system settings.)
    [LinuxFact]
    public void GetProxy_SeveralVariables_FollowGosOrder()
    {
        var both = new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = Proxy, ["https_proxy"] = "http://lower.example:1", ["NO_PROXY"] = "a.example", ["no_proxy"] = "ca.example" }.Get);
        Assert.Equal(new Uri(Proxy), both.GetProxy(Destination));
        var other = new EnvironmentProxy(new FakeEnvironment { ["ALL_PROXY"] = Proxy, ["all_proxy"] = Proxy, ["http_proxy"] = Proxy, ["HTTP_PROXY"] = Proxy }.Get);
        Assert.Null(other.GetProxy(Destination));
        Assert.True(other.IsBypassed(Destination));
    }

    // https is TLS to the proxy, which CaConnector does; .NET's socks5 already does what socks5h means.
    [Theory]
    [InlineData("http://p.example", "http://p.example/", false)]
    [InlineData("HTTP://p.example:3128/path", "http://p.example:3128/", false)]
    [InlineData("https://p.example", "http://p.example:443/", true)]
    [InlineData("https://user:word@[2001:db8::1]:8443", "http://[2001:db8::1]:8443/", true)]
    [InlineData("socks4://p.example", "socks4://p.example:1080/", false)]
    [InlineData("socks4a://p.example:1", "socks4a://p.example:1/", false)]
    [InlineData("socks5://user:word@p.example:1", "socks5://p.example:1/", false)]
    [InlineData("socks5h://p.example", "socks5://p.example:1080/", false)]
    [InlineData("SOCKS5H://p.example:1", "socks5://p.example:1/", false)]
    [InlineData(" http://p.example:1 ", "http://p.example:1/", false)]
    public void GetProxy_Kind_IsWhatTheHandlerSupports(string value, string expected, bool isTls)
    {
        var proxy = new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = value }.Get);
        Assert.Equal(expected, proxy.GetProxy(Destination)?.AbsoluteUri);
        Assert.Equal(isTls, proxy.IsTls);
    }

    // Never a silent direct connection, and the message never quotes a possible password.
    [Theory]
    [InlineData("socks://user:s3cr3t-word@127.0.0.1:1", "'socks'")]
    [InlineData("socks6://127.0.0.1:1", "'socks6'")]
    [InlineData("ftp://127.0.0.1:1", "'ftp'")]
    [InlineData("http://s3cr3t-word:port", "HTTPS_PROXY")]
    [InlineData("http://user:s3cr3t-word#1@127.0.0.1:1", "HTTPS_PROXY")]
    [InlineData("http://user:1#s3cr3t-word@127.0.0.1:1", "HTTPS_PROXY")]
    [InlineData("http://user:1/s3cr3t-word@127.0.0.1:1", "HTTPS_PROXY")]
    [InlineData("http://user:1?s3cr3t-word@127.0.0.1:1", "HTTPS_PROXY")]
    [InlineData("http://", "HTTPS_PROXY")]
    [InlineData("::::", "HTTPS_PROXY")]
    [InlineData(" ", "HTTPS_PROXY")]
    [InlineData("http://proxy example:1", "HTTPS_PROXY")]
    public void GetProxy_UnusableProxy_IsAnErrorThatNamesTheVariable(string value, string named)
    {
        var proxy = new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = value, ["NO_PROXY"] = "excluded.example" }.Get);
        var e = Expect.Failure(ErrorId.ProxyInvalid, () => proxy.GetProxy(Destination));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.False(proxy.IsBypassed(Destination));
        Expect.NoSecret("s3cr3t-word", e);
        // A proxy that is not used for this address is not an error.
        Assert.Null(proxy.GetProxy(new Uri("https://localhost")));
        Assert.Null(proxy.GetProxy(new Uri("https://excluded.example")));
    }

    [Fact]
    public void GetProxy_NoScheme_IsHttp() => Assert.Equal(
        new Uri(Proxy), new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = "proxy.example:3128" }.Get).GetProxy(new Uri("https://ca.example")));

    [Fact]
    public void Credentials_UserInfo_IsUnescaped()
    {
        var proxy = new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = "http://me%40x:p%3Aw%20d@proxy.example" }.Get);
        var credentials = (NetworkCredential)proxy.Credentials!;
        Assert.Equal("me@x", credentials.UserName);
        Assert.Equal("p:w d", credentials.Password);
    }

    [Fact]
    public void Credentials_NoUserInfo_IsNone() => Assert.Null(new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = Proxy }.Get).Credentials);

    [Fact]
    public void IsBypassed_GarbageInNoProxy_DoesNotThrow() =>
        Assert.False(new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = Proxy, ["NO_PROXY"] = ",,/,:,[,]" }.Get).IsBypassed(Destination));
}
