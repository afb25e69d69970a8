using System.Net;
using StepCaRenew.StepCa;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.StepCa;

public sealed class EnvironmentProxyTests
{
    private const string Proxy = "http://proxy.example:3128";

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
    [InlineData("all_proxy")]
    [InlineData("ALL_PROXY")]
    public void GetProxy_AnyVariable_IsRead(string name) =>
        Assert.Equal(new Uri(Proxy), new EnvironmentProxy(new FakeEnvironment { [name] = Proxy }.Get).GetProxy(new Uri("https://ca.example")));

    [Fact]
    public void GetProxy_NoScheme_IsHttp() => Assert.Equal(
        new Uri(Proxy), new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = "proxy.example:3128" }.Get).GetProxy(new Uri("https://ca.example")));

    [Fact]
    public void Credentials_UserInfo_IsUnescaped()
    {
        var proxy = new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = "http://me%40x:p%3Aw%20d@proxy.example" }.Get);
        var credentials = (NetworkCredential)proxy.Credentials!;
        Assert.Equal(("me@x", "p:w d"), (credentials.UserName, credentials.Password));
    }

    [Fact]
    public void Credentials_NoUserInfo_IsNone() => Assert.Null(new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = Proxy }.Get).Credentials);

    [Theory]
    [InlineData("http://")]
    [InlineData("::::")]
    [InlineData(" ")]
    public void Constructor_Garbage_DoesNotThrow(string value) =>
        _ = new EnvironmentProxy(new FakeEnvironment { ["HTTPS_PROXY"] = value, ["NO_PROXY"] = ",,/,:,[,]" }.Get).IsBypassed(new Uri("https://ca.example"));
}
