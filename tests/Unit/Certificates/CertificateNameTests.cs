using StepCaRenew.Certificates;

namespace StepCaRenew.Unit.Certificates;

public sealed class CertificateNameTests
{
    [Theory]
    [InlineData("/etc/ssl/host.crt", "host")]
    [InlineData("/etc/ssl/host.example.com.crt", "host.example.com")]
    [InlineData("/etc/live/example.com/fullchain.pem", "example.com")]
    [InlineData("/etc/live/example.com/cert.pem", "example.com")]
    [InlineData("/srv/web/tls.crt", "web")]
    [InlineData("/srv/web/server.pem", "web")]
    [InlineData("/srv/web/certificate.pem", "web")]
    [InlineData("/tls.crt", "tls")]
    [InlineData("/srv/noending", "noending")]
    public void FromPath_Path_GivesTheName(string path, string expected) => Assert.Equal(expected, CertificateName.FromPath(path));
}
