using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Unit.Ca.Configuration;

public sealed class CaAddressTests
{
    [Theory]
    [InlineData("https://ca.example.com", "https://ca.example.com/renew")]
    [InlineData("https://ca.example.com/", "https://ca.example.com/renew")]
    [InlineData("ca.example.com", "https://ca.example.com/renew")]
    [InlineData("ca.example.com:9000", "https://ca.example.com:9000/renew")]
    [InlineData("HTTPS://CA.example.com:443", "https://ca.example.com/renew")]
    // step uses the host and the port, and ignores the rest.
    [InlineData("https://ca.example.com/some/path/", "https://ca.example.com/renew")]
    [InlineData("https://ca.example.com:9000/some/path?x=1#y", "https://ca.example.com:9000/renew")]
    [InlineData("https://ca.example.com?x=1", "https://ca.example.com/renew")]
    [InlineData("https://ca.example.com#x", "https://ca.example.com/renew")]
    [InlineData("https://user:s3cr3t-word@ca.example.com:9000", "https://ca.example.com:9000/renew")]
    [InlineData("user@ca.example.com", "https://ca.example.com/renew")]
    [InlineData("https://user:s3cr3t@word@ca.example.com", "https://ca.example.com/renew")]
    [InlineData("https://ca.example.com?token=s3cr3t-word", "https://ca.example.com/renew")]
    [InlineData("  https://ca.example.com  ", "https://ca.example.com/renew")]
    [InlineData("ca.example.com/x://y", "https://ca.example.com/renew")]
    // The address that step-ca's init writes for IPv6: without brackets, the last colon separates the port.
    [InlineData("https://::1:9000", "https://[::1]:9000/renew")]
    [InlineData("::1:9000", "https://[::1]:9000/renew")]
    [InlineData("https://2001:db8::1:9000/", "https://[2001:db8::1]:9000/renew")]
    [InlineData("https://1:2:3:4:5:6:7:8:9000", "https://[1:2:3:4:5:6:7:8]:9000/renew")]
    [InlineData("https://1:2:3:4:5:6:7:8", "https://[1:2:3:4:5:6:7:8]/renew")]
    [InlineData("https://2001:db8::", "https://[2001:db8::]/renew")]
    [InlineData("https://::1", "https://[::1]/renew")]
    [InlineData("https://[::1]:9000", "https://[::1]:9000/renew")]
    [InlineData("[2001:db8::1]", "https://[2001:db8::1]/renew")]
    [InlineData("10.0.0.1:9000", "https://10.0.0.1:9000/renew")]
    public void Endpoint_Url_IsComplete(string url, string expected) => Assert.Equal(expected, Resolve(url).Endpoint("/renew").AbsoluteUri);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("http://ca.example.com")]
    [InlineData("ftp://ca.example.com")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://")]
    [InlineData("https://ca.example.com:99999")]
    [InlineData("https://ca example.com")]
    [InlineData("https:///path")]
    [InlineData("https://user@")]
    [InlineData("https://:9000")]
    [InlineData("https://::1:99999")]
    [InlineData("https://a:b:c")]
    [InlineData("https://[::1")]
    [InlineData("https://[::1]9000")]
    [InlineData("https://ca.example.com:port")]
    [InlineData("C:\\ca")]
    public void Resolve_NotAnHttpsUrl_IsAnError(string url) => Expect.Failure(ErrorId.CaUrlInvalid, () => Resolve(url));

    [Theory]
    [InlineData("http://user:s3cr3t-word@ca.example.com")]
    [InlineData("https://user:s3cr3t-word@ca example.com")]
    [InlineData("https://ca.example.com:s3cr3t-word")]
    public void Resolve_SecretInTheUrl_IsRefusedAndNotQuoted(string url) => Expect.NoSecret("s3cr3t-word", Expect.Failure(ErrorId.CaUrlInvalid, () => Resolve(url)));

    // A registered renewal keeps the host as the user wrote it, without the ignored parts.
    [Theory]
    [InlineData("https://CA01.Corp.Example:9000/path?q", "https://CA01.Corp.Example:9000")]
    [InlineData("CA01.Corp.Example:443", "https://CA01.Corp.Example")]
    [InlineData("https://::1:9000", "https://[::1]:9000")]
    public void Address_Url_KeepsItsCapitals(string url, string expected)
    {
        var settings = Resolve(url);
        Assert.Equal(expected, settings.Address);
        Assert.Equal(settings.Url, Resolve(expected).Url);
        Assert.Equal(settings.Host, Resolve(expected).Host);
    }

    private static CaSettings Resolve(string url) => CaSettingsResolver.Resolve(new CaOptions { CaUrl = url, StepPath = "/none", RootPath = "/root.crt" }, _ => null);
}
