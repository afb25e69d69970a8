using System.ComponentModel;
using System.Security.Authentication;
using System.Security.Cryptography;
using StepCaRenew.Ca;

namespace StepCaRenew.Unit.Ca;

public sealed class TlsAlertTests
{
    [Theory]
    [InlineData(0x0A000412, 42)]
    [InlineData(0x0A000413, 43)]
    [InlineData(0x0A000414, 44)]
    [InlineData(0x0A000415, 45)]
    [InlineData(0x0A000416, 46)]
    [InlineData(0x0A000418, 48)]
    [InlineData(0x0A000419, 49)]
    [InlineData(0x0A00041B, 51)]
    [InlineData(0x0A00045C, 116)]
    [InlineData(0x14094412, 42)]
    [InlineData(0x14094418, 48)]
    public void FromException_OpenSslError_IsTheAlert(int code, int alert) => Assert.Equal(alert, TlsAlert.FromException(new CryptographicException(code)));

    [Theory]
    [InlineData(0x0A000086)]
    [InlineData(0x0A0003E8)]
    [InlineData(0x0A0004E8)]
    [InlineData(0x03000412)]
    [InlineData(0)]
    [InlineData(-1)]
    public void FromException_OtherOpenSslError_IsNone(int code) => Assert.Null(TlsAlert.FromException(new CryptographicException(code)));

    [Theory]
    [InlineData(0x8009030C, 49)]
    [InlineData(0x80090325, 48)]
    [InlineData(0x80090327, 46)]
    [InlineData(0x80090328, 45)]
    [InlineData(0x80092010, 44)]
    public void FromException_SChannelStatus_IsTheAlert(uint status, int alert) => Assert.Equal(alert, TlsAlert.FromException(new Win32Exception(unchecked((int)status))));

    [Theory]
    [InlineData(0x80090326)]
    [InlineData(0x80090349)]
    [InlineData(10054)]
    public void FromException_OtherWindowsError_IsNone(uint status) => Assert.Null(TlsAlert.FromException(new Win32Exception(unchecked((int)status))));

    [Theory]
    [InlineData(-9825, 42)]
    [InlineData(-9828, 45)]
    [InlineData(-9831, 48)]
    [InlineData(-9832, 49)]
    public void FromException_SecureTransportStatus_IsTheAlert(int status, int alert) => Assert.Equal(alert, TlsAlert.FromException(new IOException("x", status)));

    [Fact]
    public void FromException_AlertDeepInside_IsFound() => Assert.Equal(
        42,
        TlsAlert.FromException(new HttpRequestException("a", new IOException("b", new AuthenticationException("c", new CryptographicException(0x0A000412))))));

    [Theory]
    [InlineData(40, false)]
    [InlineData(42, true)]
    [InlineData(43, true)]
    [InlineData(44, true)]
    [InlineData(45, true)]
    [InlineData(46, true)]
    [InlineData(48, true)]
    [InlineData(49, true)]
    [InlineData(51, false)]
    [InlineData(70, false)]
    [InlineData(116, true)]
    [InlineData(null, false)]
    public void IsAboutCertificate_Alert_IsOrIsNot(int? alert, bool expected) => Assert.Equal(expected, TlsAlert.IsAboutCertificate(alert));
}
