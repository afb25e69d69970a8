using StepCaRenew.StepCa;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.StepCa;

public sealed class CaUrlTests
{
    [Theory]
    [InlineData("https://ca.example.com", "https://ca.example.com/renew")]
    [InlineData("https://ca.example.com/", "https://ca.example.com/renew")]
    [InlineData("ca.example.com", "https://ca.example.com/renew")]
    [InlineData("ca.example.com:9000", "https://ca.example.com:9000/renew")]
    [InlineData("HTTPS://CA.example.com:443", "https://ca.example.com/renew")]
    [InlineData("https://ca.example.com/some/path/", "https://ca.example.com/some/path/renew")]
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
    [InlineData("https://ca.example.com?x=1")]
    [InlineData("https://ca.example.com#x")]
    [InlineData("https:///path")]
    [InlineData("C:\\ca")]
    public void Resolve_NoHttpsUrl_IsAnError(string url) => Expect.Failure(ErrorId.CaUrlInvalid, () => Resolve(url));

    [Theory]
    [InlineData("https://user:s3cr3t-word@ca.example.com")]
    [InlineData("http://user:s3cr3t-word@ca.example.com")]
    [InlineData("https://ca.example.com?token=s3cr3t-word")]
    public void Resolve_SecretInTheUrl_IsRefusedAndNotRepeated(string url) => Expect.NoSecret("s3cr3t-word", Expect.Failure(ErrorId.CaUrlInvalid, () => Resolve(url)));

    private static CaSettings Resolve(string url) => CaSettingsResolver.Resolve(new CaOptions { CaUrl = url, StepPath = "/none", RootPath = "/root.crt" }, _ => null);
}
